import type { Attempt, ModelEntry, RoutedEvent } from "@larder/contracts";
import { Secret } from "@larder/contracts";
import type { FakeAnswer, FakeProvider, FakeRecord, FakeRequest } from "@larder/testkit";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import { expect } from "vitest";
import { createOpenAiGenerator } from "../src/openai/openai-generator.ts";
import { plainWire } from "../src/openai/wire-dialect.ts";
import type { RouterProvider } from "../src/providers/provider-setup.ts";
import type { FaultCell } from "./fault-cells.ts";
import { canary, entryOf, fakeModels } from "./router-fixtures.ts";

/** Deltas that name their model, so that a spliced answer shows; with characters of two, three and four bytes. */
const deltasOf = (model: string): readonly string[] => [`${model}: é `, "食品庫 keeps ", "🥕 cool ", `(${model})`];

/** The whole text that a cell's provider means to give. */
function textOf(cell: FaultCell | undefined, model: string): string {
  const deltas = cell?.answer.deltas ?? deltasOf(model);
  return deltas.flatMap((delta, i) => (i === cell?.repeatsDelta ? [delta, delta] : [delta])).join("");
}

/** Usage that tells the requests of one provider apart, so that no bill can be taken for another. */
function answerOf(cell: FaultCell | undefined, { model, index }: FakeRequest): FakeAnswer {
  const usage = { promptTokens: 6_000 + index, completionTokens: 40 + index, cachedTokens: 13 };
  return { deltas: deltasOf(model), usage, ...cell?.answer };
}

export const startProvider = (cellOf: (request: FakeRequest) => FaultCell | undefined): Promise<FakeProvider> =>
  startFakeProvider({ models: fakeModels, key: canary, answer: (request) => answerOf(cellOf(request), request) });

export function connectTo(baseUrl: string, id: string): RouterProvider {
  const clock = { nowMs: Date.now };
  const generator = createOpenAiGenerator({ id, baseUrl, key: new Secret(canary), wire: plainWire, clock });
  return { id, isConfigured: true, generator, close: () => generator.close() };
}

/** The five fake models, shared out over the providers in turn, cheapest first. */
export function entriesOver(providers: readonly string[]): readonly ModelEntry[] {
  return fakeModels.map(({ id, prices }, i) =>
    entryOf(id, prices?.input ?? "0", prices?.output ?? "0", { provider: providers[i % providers.length] ?? "acme" }),
  );
}

/** Exactly one outcome, at the end, and text of one model only: whole where it is called an answer. */
export function expectOneOutcome(
  all: readonly RoutedEvent[],
  cellOf: (model: string) => readonly (FaultCell | undefined)[],
): void {
  const ends = all.filter((event) => "route" in event).filter((event) => event.kind !== "routed");
  expect(ends, "one outcome").toEqual(all.slice(-1));
  expect(all.filter(({ kind }) => kind === "routed")).toEqual(all.slice(0, 1));
  const text = all.map((event) => (event.kind === "text" ? event.text : "")).join("");
  const [last] = ends;
  if (last === undefined) throw new Error("no outcome");
  const model = last.kind === "unanswered" ? undefined : last.route.chosen?.model;
  const texts = model === undefined ? [""] : cellOf(model).map((cell) => textOf(cell, model));
  if (last.kind === "answered") expect(texts, "the whole text").toContain(text);
  if (last.kind === "unanswered") expect(text).toBe("");
  if (last.kind === "broken") {
    expect(texts.some((whole) => whole.startsWith(text)) || text === "", `a beginning of one text: ${text}`).toBe(true);
    expect(["PROVIDER_STREAM_BROKEN", "REQUEST_ABORTED"]).toContain(last.error.code);
  }
}

const unsentCodes: ReadonlySet<unknown> = new Set(["PROVIDER_UNREACHABLE", "PROVIDER_BUSY"]);

/**
 * Every call that the provider saw is an attempt, and what an attempt says of its bill is so: `yes` to the nano-dollar,
 * `no` for nothing, or unknown. Calls of one model follow each other, so the n-th attempt is the n-th record.
 */
export function expectTrueLedger(
  attempts: readonly Attempt[],
  records: readonly FakeRecord[],
  cellOf: (request: FakeRequest) => FaultCell | undefined,
): void {
  for (const model of new Set([...attempts, ...records.map(({ request }) => request)].map((each) => each.model))) {
    const own = attempts.filter((each) => each.model === model && !unsentCodes.has(each.error?.code));
    const seen = records
      .filter(({ request }) => request.model === model)
      .toSorted((a, b) => a.request.index - b.request.index);
    expect(seen.length, `calls of ${model} that nobody wrote down`).toBeLessThanOrEqual(own.length);
    for (const [i, attempt] of own.entries()) {
      const record = seen[i];
      if (record === undefined) {
        // Stopped before it was sent, or before it arrived.
        expect(attempt.billed).not.toBe("yes");
        continue;
      }
      const isEstimate = attempt.usage?.source === "estimated";
      if (attempt.billed === "unknown") expect(attempt.cost).toBeUndefined();
      if (attempt.billed === "no") expect([attempt.cost, record.bill], `${model} cost nothing`).toEqual([0n, 0n]);
      if (attempt.billed !== "yes" || cellOf(record.request)?.liesAboutUsage === true) continue;
      const said = cellOf(record.request)?.answer.fault?.kind;
      if (isEstimate) expect(["no_usage", "usage"], "an estimate where usage was told").toContain(said);
      else expect(attempt.cost, `the bill of ${model}`).toBe(nanoUsdCeiling(record.bill));
    }
  }
}

/** For calls side by side, in any order: none is missing, and what is called billed is the bill of one of them. */
export function expectNothingUnwritten(
  attempts: readonly Attempt[],
  records: readonly FakeRecord[],
  cellOf: (request: FakeRequest) => FaultCell | undefined,
): void {
  const sent = attempts.filter(({ error }) => !unsentCodes.has(error?.code));
  expect(sent.length, "calls that nobody wrote down").toBeGreaterThanOrEqual(records.length);
  const bills = records.map(({ request, bill }) => `${request.model} ${nanoUsdCeiling(bill)}`);
  const isTold = records.every(({ request }) => cellOf(request)?.liesAboutUsage !== true);
  for (const { model, billed, usage, cost } of isTold ? sent : []) {
    if (billed !== "yes" || usage?.source !== "provider") continue;
    const at = bills.indexOf(`${model} ${cost}`);
    expect(at, `a bill of ${cost} by ${model}`).toBeGreaterThanOrEqual(0);
    bills.splice(at, 1);
  }
}
