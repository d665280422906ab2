import type { Attempt, ReceiptId, RoutedEvent, RoutedRequest } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { expect, it } from "vitest";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { systemClock } from "../system-ports.ts";
import { runChat } from "./run-chat.ts";

const usage = { tokens: { ...noTokens, inputFresh: 3, outputText: 1 }, source: "provider" } as const;
const attempt: Attempt = {
  provider: "p",
  model: "m",
  outcome: "answered",
  billed: "yes",
  usage,
  startedAtMs: 0,
  totalMs: 1,
};
const route = { reason: "", candidates: [], attempts: [attempt], priceBookId: "b" };
const request: RoutedRequest = {
  prompt: { messages: [{ role: "user", content: "What keeps?" }] },
  shape: { inputTokens: 3, stablePrefixTokens: 0, outputTokensMax: 9, outputTokensExpected: 9, needs: [] },
  policy: {},
};

it("lets go of the router's call before it gives the end, for nobody need ask on after that", async () => {
  await using larder = await openTestLarder();
  let isOver = false;
  async function* generate(): AsyncGenerator<RoutedEvent> {
    try {
      yield { kind: "routed", route: { ...route, attempts: [] } };
      yield { kind: "text", text: "Plums." };
      yield { kind: "answered", route, finishReason: "stop", usage };
    } finally {
      isOver = true;
    }
  }
  const { ledger, callIntents, router } = larder;
  const tokenCounter = { id: "o200k", count: () => 1 };
  const onRoute = () => undefined;
  const ports = { ledger, callIntents, clock: systemClock, tokenCounter, router: { ...router, generate }, onRoute };
  const call = { signal: AbortSignal.timeout(5_000) };
  const events = runChat(ports, request, "rcp_0123456789" as ReceiptId, call);
  await events.next();
  const { value } = await events.next();
  expect(value?.kind).toBe("completed");
  expect(isOver).toBe(true);
});
