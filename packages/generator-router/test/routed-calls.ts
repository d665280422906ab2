import type { RoutedEvent } from "@larder/contracts";
import type { FakeAnswer, FakeRecord, FakeRequest } from "@larder/testkit";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import { expect } from "vitest";
import { answer, canary, fakeModels } from "./router-fixtures.ts";

/** What the provider of `start` says when it does not misbehave. */
export const answerText = answer.deltas.join("");

export const start = (script: (request: FakeRequest) => FakeAnswer = () => answer) =>
  startFakeProvider({ models: fakeModels, key: canary, answer: script });

export const soon = () => ({ signal: AbortSignal.timeout(15_000) });

export const ends = (all: readonly RoutedEvent[]) =>
  all.filter(({ kind }) => kind === "answered" || kind === "unanswered" || kind === "broken");

/** Every attempt with its record of the provider: what is called billed must be exactly what was charged. */
export function expectLedgerToMatch(last: RoutedEvent | undefined, records: readonly FakeRecord[]): void {
  if (last === undefined || !("route" in last)) throw new Error("the last event has no route");
  const reached = last.route.attempts.filter(({ error }) => error?.code !== "PROVIDER_UNREACHABLE");
  expect(reached.map(({ model }) => model).toSorted()).toEqual(records.map(({ request }) => request.model).toSorted());
  for (const attempt of reached) {
    const record = records.find(({ request }) => request.model === attempt.model);
    if (attempt.billed === "unknown") expect(attempt.cost).toBeUndefined();
    if (attempt.billed === "no") expect([attempt.cost, record?.bill]).toEqual([0n, 0n]);
    if (attempt.billed === "yes" && attempt.usage?.source === "provider") {
      expect(attempt.cost).toBe(nanoUsdCeiling(record?.bill ?? -1n));
    }
  }
}
