import { spendingOf } from "@larder/answering";
import type { NanoUsd, Prompt, RequestShape, Route } from "@larder/contracts";
import { LarderError, noTokens } from "@larder/contracts";
import type { AskedAnswer, Asker } from "@larder/savings-runs";
import { runChat } from "../gateway/run-chat.ts";
import type { Larder } from "../larder.ts";

type AskerPorts = Pick<Larder, "router" | "ledger" | "callIntents" | "clock" | "tokenCounter" | "ids">;

const tokensPerMessage = 3; // as for every prompt

/**
 * One model, asked through the router: its prices, its retries, the budgets it may not pass, and a receipt for each
 * question. A question that was sent and failed is an answer without text; where nobody may be asked, the run ends.
 * @param model - `provider/model`
 */
export function createRouterAsker(ports: AskerPorts, model: string): Asker {
  const { router, tokenCounter, clock, ids } = ports;
  const policy = { models: [model] };
  const shapeOf = (inputTokens: number, outputTokensMax: number): RequestShape => ({
    inputTokens,
    outputTokensMax,
    stablePrefixTokens: 0,
    outputTokensExpected: outputTokensMax,
    needs: [],
  });
  // Also of a model without a key: a dry run says what it would cost.
  const worstOf = (shape: RequestShape): NanoUsd | undefined => {
    const quote = router.quote(shape, policy);
    if (quote.cheapest !== undefined) return quote.cheapest.worstCost; // no other is allowed
    return quote.candidates.find((one) => `${one.provider}/${one.model}` === model)?.worstCost; // prices the whole book
  };

  return {
    worstCost: (inputTokens, outputTokensMax) => worstOf(shapeOf(inputTokens, outputTokensMax)),
    async ask(prompt, outputTokensMax, call): Promise<AskedAnswer> {
      const shape = shapeOf(inputTokensOf(prompt), outputTokensMax);
      const worstOfOne = worstOf(shape);
      const startMs = clock.monotonicMs();
      let route: Route | undefined;
      let text = "";
      let firstTextMs: number | undefined;
      let errorCode: string | undefined;
      try {
        const request = { prompt, shape, policy };
        const onRoute = (last: Route): void => {
          route = last;
        };
        const chat = runChat({ ...ports, onRoute }, request, ids.next("receipt"), call);
        for await (const event of chat) {
          if (event.kind === "completed") await event.recorded;
          else {
            firstTextMs ??= clock.monotonicMs() - startMs;
            if (event.kind === "text") text += event.text;
          }
        }
      } catch (thrown) {
        // Without an attempt nothing was sent: a budget, a policy, a key. That is no property of the arm.
        if (call.signal.aborted || route === undefined || route.attempts.length === 0) throw thrown;
        errorCode = LarderError.is(thrown) ? thrown.code : "UNEXPECTED"; // sent it was: it must not be sent again
      }
      const totalMs = clock.monotonicMs() - startMs;
      const sent = route?.attempts.length ?? 1;
      const { usage, cost } = route === undefined ? { usage: undefined, cost: undefined } : spendingOf(route);
      return {
        text: errorCode === undefined ? text : "",
        tokens: usage?.tokens ?? noTokens,
        source: usage?.source ?? "estimated",
        ...(cost === undefined ? {} : { cost }),
        ...(worstOfOne !== undefined && { worstCost: (worstOfOne * BigInt(Math.max(1, sent))) as NanoUsd }),
        ...(errorCode === undefined ? {} : { errorCode }),
        ...(firstTextMs === undefined || errorCode !== undefined ? {} : { firstTextMs }),
        totalMs,
      };
    },
  };

  function inputTokensOf({ messages }: Prompt): number {
    return messages.reduce(
      (sum, { content }) => sum + tokenCounter.count(content) + tokensPerMessage,
      tokensPerMessage,
    );
  }
}
