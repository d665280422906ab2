import { LarderError, nanoUsd } from "@larder/contracts";
import { expect, it } from "vitest";
import { readReport } from "../src/conduct-run.ts";
import { planSpending } from "../src/plan-spending.ts";
import { runIdOf } from "../src/registration.ts";
import { savingsReport } from "../src/report-schema.ts";
import type { RunArm } from "../src/run-ports.ts";
import {
  askerOf,
  call,
  conduct,
  forgetfulArm,
  goldArm,
  memoryJournals,
  portsOf,
  registrationOf,
  setOf,
} from "./open-run.ts";

const set = setOf(120, 20);
const arms = [goldArm("larder", () => 100), goldArm("stuff_cached", () => 5_000)];

it("asks each question once of each arm and gives a report that keeps its schema", async () => {
  const registration = registrationOf(set);
  const asker = askerOf();
  const report = await conduct(registration, set, portsOf({ arms, asker }));
  expect(asker.asked).toHaveLength(240);
  expect(savingsReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  expect(report).toMatchObject({ run_id: runIdOf(registration), is_complete: true, money_basis: "measured_paired" });
  expect(report.arms.map(({ quality }) => quality.value)).toEqual([1, 1]);
});

it("writes the registration and each question down before it is sent", async () => {
  const journals = memoryJournals();
  const registration = registrationOf(set);
  const id = runIdOf(registration);
  const seen: number[] = [];
  const asker = askerOf(() => {
    const lines = journals.lines(id) as { readonly kind?: string }[];
    expect(lines[0]).toEqual(registration);
    expect(lines.at(-1)?.kind).toBe("asked");
    seen.push(lines.length);
    return {};
  });
  await conduct(registration, set, portsOf({ arms, asker, journals }));
  expect(seen).toHaveLength(240);
});

it("goes on after every possible point of a kill, and never sends a question twice", async () => {
  const small = setOf(6, 3);
  const registration = registrationOf(small);
  for (let limit = 0; limit <= 12; limit += 1) {
    const journals = memoryJournals();
    const stop = new AbortController();
    let sent = 0;
    const killed = askerOf(() => {
      sent += 1;
      if (sent <= limit) return {};
      stop.abort(new Error("killed"));
      return new Error("killed");
    });
    const first = conduct(registration, small, portsOf({ arms, asker: killed, journals }), stop.signal);
    await (limit < 12 ? expect(first).rejects.toThrow("killed") : first);
    const asker = askerOf();
    const report = await conduct(registration, small, portsOf({ arms, asker, journals }));
    const lost = limit < 12 ? 1 : 0; // sent, and nobody knows what became of it
    expect(killed.asked.length + lost + asker.asked.length).toBe(12);
    expect(new Set([...killed.asked, ...asker.asked]).size).toBe(12 - lost);
    expect(report.arms.reduce((sum, { interrupted }) => sum + interrupted, 0)).toBe(lost);
    expect(report.arms.every(({ n }) => n === 6)).toBe(true);
  }
});

it("charges an interrupted question of ours at its worst, and counts it as wrong", async () => {
  const small = setOf(6, 3);
  const registration = registrationOf(small, { arms: ["larder"] });
  const journals = memoryJournals();
  const stop = new AbortController();
  const asker = askerOf(() => {
    stop.abort(new Error("killed"));
    return new Error("killed");
  });
  const ports = portsOf({ arms, asker, journals });
  await expect(conduct(registration, small, ports, stop.signal)).rejects.toThrow();
  const report = await conduct(
    registration,
    small,
    portsOf({ arms, asker: askerOf(() => ({ cost: nanoUsd(0n) })), journals }),
  );
  const [ours] = report.arms;
  expect(ours).toMatchObject({ failures: 1, interrupted: 1, cost_unknown: 1 });
  expect(Number(ours?.cost_usd)).toBeGreaterThan(0);
  expect(ours?.quality.value).toBeCloseTo(5 / 6);
});

it("gives up when nobody may be asked, and forgets that question, for nothing was sent", async () => {
  const journals = memoryJournals();
  const registration = registrationOf(set);
  const broke = new LarderError("BUDGET_EXHAUSTED");
  let left = 10;
  const poor = askerOf(() => {
    left -= 1;
    return left < 0 ? broke : {};
  });
  await expect(conduct(registration, set, portsOf({ arms, asker: poor, journals }))).rejects.toBe(broke);
  const report = await conduct(registration, set, portsOf({ arms, asker: askerOf(), journals }));
  expect(report.arms.every(({ failures }) => failures === 0)).toBe(true);
});

it("never spends more than was planned, also where titles are longer than texts", async () => {
  const registration = registrationOf(set, {
    arms: ["larder", "lexical_passages"],
    budgets: [64, 256],
    primaryBudget: 64,
  });
  const wordy: RunArm = {
    id: "lexical_passages",
    find: async () => ({
      pieces: Array.from({ length: 60 }, (_, i) => ({
        ...{ documentId: "d", start: i, end: i + 1, text: "word" },
        title: "a title of very many words that nobody would give to anything ".repeat(2),
      })),
      tokens: 60,
    }),
  };
  const counter = { id: "words", count: (text: string) => text.split(/\s+/).length };
  const asker = askerOf((_, __, prompt) => ({ cost: nanoUsd(BigInt(counter.count(prompt) + 100)) }));
  const ports = portsOf({ arms: [goldArm("larder", (budget) => budget ?? 0), wordy], asker, counter });
  const { costMax = 0n, calls } = planSpending(registration, set.questions, ports);
  const report = await conduct(registration, set, ports);
  expect(calls).toBe(asker.asked.length);
  const spent = report.arms.reduce((sum, { cost_usd }) => sum + Number(cost_usd), 0);
  expect(spent).toBeGreaterThan(0);
  expect(spent * 1e9).toBeLessThanOrEqual(Number(costMax));
});

it("keeps its report: the same run measures nothing again", async () => {
  const journals = memoryJournals();
  const registration = registrationOf(set);
  const first = await conduct(registration, set, portsOf({ arms, asker: askerOf(), journals }));
  const asker = askerOf();
  expect(await conduct(registration, set, portsOf({ arms, asker, journals }))).toEqual(first);
  expect(asker.asked).toEqual([]);
  expect(await readReport(journals, first.run_id, call)).toEqual(first);
  expect(await readReport(journals, "run_other", call)).toBeUndefined();
});

it("measures evidence without any model, and finds the recall that each arm has", async () => {
  const registration = registrationOf(set, {
    arms: ["larder", "lexical_passages", "oracle_evidence", "random_passages"],
    metric: "evidence_recall",
    budgets: [256, 1_024],
  });
  const evidence = [
    goldArm("larder", (budget) => budget ?? 0),
    forgetfulArm("lexical_passages", 4),
    goldArm("oracle_evidence", () => 3),
    forgetfulArm("random_passages", 1),
  ];
  const report = await conduct(registration, set, portsOf({ arms: evidence }));
  const areas = Object.fromEntries(
    report.curves.map(({ arm, auc_log, skill, t90_tok }) => [arm, { auc_log, skill, t90_tok }]),
  );
  expect(areas).toEqual({
    larder: { auc_log: 1, skill: 1, t90_tok: 256 },
    lexical_passages: { auc_log: 0.75, skill: 0.75, t90_tok: null },
    oracle_evidence: { auc_log: 1, skill: 1, t90_tok: 256 },
    random_passages: { auc_log: 0, skill: 0, t90_tok: null },
  });
  expect(report).toMatchObject({
    basis: "modelled_local",
    quality_basis: "measured_paired",
    money_basis: "modelled_local",
  });
  expect(report.comparisons.find(({ baseline }) => baseline === "lexical_passages")?.verdict).toBe(
    "no_measurable_effect",
  );
});
