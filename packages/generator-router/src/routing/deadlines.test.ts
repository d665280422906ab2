import type { Attempt, Budgets, ReservationId, SentCall } from "@larder/contracts";
import { createManualClock } from "@larder/testkit";
import { expect, it } from "vitest";
import { entryOf, readAll, requestFor, tokenCounter } from "../../test/router-fixtures.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { createGeneratorRouter } from "./generator-router.ts";

const call = { signal: AbortSignal.timeout(20_000) };

/** One model, and a budget in which each reservation takes `reserveMs` of the clock. */
function open(reserveMs: number) {
  const clock = createManualClock();
  const ends: string[] = [];
  const sent: SentCall[] = [];
  let calls = 0;
  const budgets: Budgets = {
    bounding: async () => [],
    async reserve() {
      clock.advance(reserveMs);
      return { kind: "reserved", id: "rsv_1" as ReservationId };
    },
    settle: async () => void ends.push("settle"),
    hold: async () => void ends.push("hold"),
    release: async () => void ends.push("release"),
  };
  const generator = {
    id: "acme",
    async *generate() {
      calls += 1;
      yield { kind: "text" as const, text: "Cool." };
      yield { kind: "finished" as const, reason: "stop" as const };
    },
  };
  const router = createGeneratorRouter({
    priceBook: createPriceBook([entryOf("m", "1", "2")]),
    providers: [{ id: "acme", isConfigured: true, generator }],
    ...{ tokenCounter, clock, budgets },
  });
  const ask = async () => {
    const request = requestFor({ deadlineMs: 1_000 }, { onSend: (one) => sent.push(one) });
    const { last } = await readAll(router.generate(request, call));
    const attempts: readonly Attempt[] = last !== undefined && "route" in last ? last.route.attempts : [];
    return { kind: last?.kind, attempts };
  };
  return { ask, ends, sent, calls: () => calls };
}

it("sends nothing once the wait for money has taken all the time: it could only be billed", async () => {
  const { ask, ends, sent, calls } = open(1_000);
  const { kind, attempts } = await ask();
  expect(kind).toBe("unanswered");
  expect(attempts).toMatchObject([
    { billed: "no", cost: 0n, error: { code: "PROVIDER_TIMED_OUT", details: { limit: "deadline" } } },
  ]);
  expect(attempts[0]?.reservation?.ending).toBe("released");
  expect([calls(), sent, ends]).toEqual([0, [], ["release"]]);
});

it("sends while there is any, and tells of it as it goes out", async () => {
  const { ask, ends, sent, calls } = open(999);
  const { kind, attempts } = await ask();
  expect(kind).toBe("answered");
  expect(calls()).toBe(1);
  expect(sent).toEqual([{ provider: "acme", model: "m", startedAtMs: attempts[0]?.startedAtMs }]);
  expect(ends).toEqual(["hold"]); // without the provider's usage nobody knows the bill
});
