import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { BudgetState, KnowledgeBaseId, Receipt } from "@larder/contracts";
import { formatUsd, nanoUsd, parseUsd } from "@larder/contracts";
import type { FakeAnswer, FakeProvider, FakeRequest } from "@larder/testkit";
import { nanoUsdCeiling, seededRandom, startFakeProvider } from "@larder/testkit";
import { expect, it } from "vitest";
import { boundModel, outputTokensMax } from "./bound-model.ts";
import type { OpenAnswering } from "./open-answering.ts";
import { openAnswering } from "./open-answering.ts";

type Child = ChildProcessByStdio<null, Readable, null>;

const runSource = fileURLToPath(new URL("../../child-process/scripts/run-source.mjs", import.meta.url));
const script = fileURLToPath(new URL("asking-process.ts", import.meta.url));
const call = { signal: new AbortController().signal };
const dollar = nanoUsd(1_000_000_000n);
const worstCall = nanoUsd(20_000_000n);
const processes = ["p", "q", "r", "s"];
const random = seededRandom(20_261_126);

interface Setting extends AsyncDisposable {
  readonly provider: FakeProvider;
  readonly watching: OpenAnswering;
  start(name: string, count: number, waitMs?: number): Child;
  budget(): Promise<BudgetState>;
  receipts(): Promise<readonly Receipt[]>;
  /** What the provider charged in all, by its own arithmetic. */
  bill(): bigint;
}

/** A provider with its own bill, one database, a total budget of one dollar. */
async function openSetting(answer: (request: FakeRequest) => FakeAnswer): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), "larder-bound-"));
  const file = join(folder, "larder.sqlite");
  const provider = await startFakeProvider({ models: [{ id: boundModel.id, prices: boundModel }], answer });
  const watching = await openAnswering({ file, providerUrl: provider.url, name: "w", models: [boundModel] });
  const { documents, budgets, ledger } = watching.store;
  const draft = { name: "k", description: "", settings: {} };
  const { id } = await documents.createKnowledgeBase(draft, call);
  await budgets.putBudget({ scope: "total", window: "ever", limit: dollar }, call);
  return {
    provider,
    watching,
    start: (name, count, waitMs = patientMs) => run(file, provider.url, name, id, count, waitMs),
    async budget() {
      const [state] = await budgets.budgets(call);
      if (state === undefined) throw new Error("there is no budget");
      return state;
    },
    async receipts() {
      const all: Receipt[] = [];
      for await (const one of ledger.receiptsWithin({ fromMs: 0, toMs: Date.now() + 1 }, call)) all.push(one);
      return all;
    },
    bill: () => provider.records.reduce((sum, record) => sum + nanoUsdCeiling(record.bill), 0n),
    async [Symbol.asyncDispose]() {
      await watching[Symbol.asyncDispose]();
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * As long as the router lets a request be: whoever waits stops as soon as no call under way could make room, and no
 * sooner. So what is spent does not depend on how long the calls of a slow machine take.
 */
const patientMs = 600_000;
/** Where calls are killed nobody makes room any more, and each wait is as long as it may be. */
const hastyMs = 3_000;

function run(file: string, url: string, name: string, id: KnowledgeBaseId, count: number, waitMs: number): Child {
  const options = [runSource, script, file, url, name, id, String(count), String(waitMs)];
  return spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
}

async function endingsOf(child: Child): Promise<Record<string, number>> {
  let text = "";
  child.stdout.on("data", (piece: Buffer) => {
    text += piece.toString();
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return JSON.parse(text.trim().split("\n").at(-1) ?? "{}") as Record<string, number>;
}

function sum(all: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of all) for (const [name, count] of Object.entries(one)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** From 6 to 100 % of the longest answer, a few milliseconds in the making. */
const answerOf = (fault: FakeAnswer["fault"] = { kind: "drip", delayMs: 10 }): FakeAnswer => ({
  deltas: ["Honey ", "never ", "spoils [1]."],
  usage: { promptTokens: 120, completionTokens: 60 + Math.floor(random() * (outputTokensMax - 60)) },
  fault,
});

const print = (what: string, bill: bigint, more: object) =>
  process.stdout.write(`${what}: the provider billed $${formatUsd(nanoUsd(bill))} of $1 ${JSON.stringify(more)}\n`);

it("bounds the bill of 500 questions that four processes ask at once, and lets the budget be spent", {
  timeout: 400_000,
}, async () => {
  await using setting = await openSetting(() => answerOf());
  const startMs = performance.now();
  const endings = sum(await Promise.all(processes.map((name) => endingsOf(setting.start(name, 125)))));
  const seconds = Math.round(performance.now() - startMs) / 1_000;
  const bill = setting.bill();
  print("500 questions, 4 processes", bill, { calls: setting.provider.arrivals, ...endings, seconds });

  expect(bill).toBeLessThanOrEqual(dollar);
  expect(await setting.budget()).toMatchObject({ held: 0n, reserved: 0n }); // no call was lost on its way
  expect(bill).toBeGreaterThan(dollar - worstCall); // nobody was refused while one more call had room
  expect(endings).toEqual({ generated: setting.provider.arrivals, extractive: 500 - setting.provider.arrivals });
  expect(await setting.budget()).toMatchObject({ spent: bill, held: 0n, reserved: 0n, left: dollar - bill });

  const receipts = await setting.receipts();
  const attempts = receipts.flatMap(({ route }) => route.attempts);
  expect(receipts).toHaveLength(500);
  expect(attempts.map(({ billed, reservation }) => `${billed} ${reservation?.ending}`)).toEqual(
    attempts.map(() => "yes settled"),
  );
  const largest = attempts.map(({ reservation }) => reservation?.amount ?? 0n).toSorted((a, b) => Number(b - a))[0];
  expect(largest).toBeLessThanOrEqual(worstCall);
  expect(largest).toBeGreaterThan(parseUsd("0.0195") ?? 0n);
  const refused = receipts.find(({ route }) => route.attempts.length === 0);
  expect(refused?.route.candidates[0]?.refusals[0]).toMatchObject({ code: "budget_exhausted" });
  const usage = await setting.watching.store.ledger.usage({ fromMs: 0, toMs: Date.now() + 1 }, "model", call);
  expect(usage).toMatchObject([{ attempts: attempts.length, cost: bill, unpricedAttempts: 0 }]);
});

it("bounds the bill when calls break, fail and tell no usage: what nobody knows stays taken", {
  timeout: 400_000,
}, async () => {
  const faults: readonly FakeAnswer["fault"][] = [
    { kind: "reset", afterDeltas: 2 },
    { kind: "status", status: 500 },
    { kind: "no_usage" },
    { kind: "error_in_band", afterDeltas: 1 },
  ];
  await using setting = await openSetting(({ index }) =>
    answerOf(index % 5 === 0 ? faults[(index / 5) % 4] : undefined),
  );
  const endings = sum(await Promise.all(processes.map((name) => endingsOf(setting.start(name, 125)))));
  const bill = setting.bill();
  const { spent, held, reserved, left } = await setting.budget();
  print("one call in five at fault", bill, {
    calls: setting.provider.arrivals,
    ...endings,
    spent: formatUsd(spent),
    held: formatUsd(held),
  });

  expect(bill).toBeLessThanOrEqual(dollar);
  expect(bill).toBeLessThanOrEqual(spent + held);
  expect([reserved, left < worstCall]).toEqual([0n, true]);
  const attempts = (await setting.receipts()).flatMap(({ route }) => route.attempts);
  expect(attempts).toHaveLength(setting.provider.arrivals);
  const amount = (ending: string) =>
    attempts.flatMap(({ reservation }) => (reservation?.ending === ending ? [reservation.amount] : []));
  expect(amount("held").reduce((total, each) => total + each, 0n)).toBe(held);
  for (const { billed, reservation } of attempts) {
    expect(reservation?.ending === "released").toBe(billed === "no");
    if (billed === "unknown") expect(reservation?.ending).toBe("held");
  }
});

it("keeps what the calls of killed processes had reserved", { timeout: 400_000 }, async () => {
  await using setting = await openSetting(() => answerOf({ kind: "drip", delayMs: 60 }));
  const children = processes.map((name) => setting.start(name, 30, hastyMs));
  const dying = children.slice(0, 2);
  const surviving = children.slice(2).map(endingsOf);
  await Promise.all(
    dying.map(async (child) => {
      await once(child.stdout, "data");
      const exit = once(child, "exit");
      child.kill("SIGKILL"); // at once: while the other one starts it would come to its end
      await exit;
    }),
  );
  await Promise.all(surviving);
  const late = await endingsOf(setting.start("t", 40, hastyMs));
  const bill = setting.bill();
  const { spent, held, reserved, left } = await setting.budget();
  print("two of four killed", bill, { ...late, spent: formatUsd(spent), reserved: formatUsd(reserved) });

  expect(bill).toBeLessThanOrEqual(dollar);
  expect(bill).toBeLessThanOrEqual(spent + held + reserved);
  expect(held + reserved).toBeGreaterThan(0n); // nobody is left who could end these
  expect(spent + held + reserved + left).toBe(dollar);
});
