import { LarderError, nanoUsd, noTokens } from "@larder/contracts";
import { expect, it } from "vitest";
import { readReport } from "../src/conduct-run.ts";
import { runIdOf } from "../src/registration.ts";
import type { Asker } from "../src/run-ports.ts";
import { askerOf, call, conduct, goldArm, memoryJournals, portsOf, registrationOf, setOf } from "./open-run.ts";

/** What nobody knows, a bill or whether an answer was right, must never make a saving. */

const small = setOf(12, 6);
const arms = [goldArm("larder", () => 100), goldArm("stuff_cached", () => 5_000)];
const qualityOf = (report: Awaited<ReturnType<typeof conduct>>) =>
  Object.fromEntries(report.arms.map(({ id, quality }) => [id, quality.value]));

it("counts an answer that was cut off as wrong for Larder, and as right for what it is compared with", async () => {
  const journals = memoryJournals();
  const registration = registrationOf(small);
  const stop = new AbortController();
  const killed = askerOf((question) => {
    if (question < 11) return {};
    stop.abort(new Error("killed"));
    return new Error("killed");
  });
  const ports = portsOf({ arms, asker: killed, journals });
  await expect(conduct(registration, small, ports, stop.signal)).rejects.toThrow("killed");
  const again = portsOf({ arms, asker: askerOf(() => ({ text: "no" })), journals });
  const report = await conduct(registration, small, again);
  const interrupted = report.arms.find((arm) => arm.interrupted === 1)?.id;
  // The other arm of the last question really answered, and wrongly.
  expect(qualityOf(report)).toEqual(
    interrupted === "larder" ? { larder: 11 / 12, stuff_cached: 11 / 12 } : { larder: 11 / 12, stuff_cached: 1 },
  );
  expect(report.warnings.join(" ")).toContain("1 answers were cut off or not judged");
});

it("keeps an answer that was paid for when its judge may not be asked, at its own cost", async () => {
  const journals = memoryJournals();
  const registration = registrationOf(small, { metric: "judge", judge: "acme/judge", arms: ["larder"] });
  const broke = new LarderError("BUDGET_EXHAUSTED");
  const asker = askerOf(() => ({ cost: nanoUsd(500n) }));
  const poor = portsOf({ arms, asker, judge: askerOf(() => broke), journals });
  await expect(conduct(registration, small, poor)).rejects.toBe(broke);
  const judge = askerOf(() => ({ text: "right", cost: nanoUsd(1n) }));
  const next = askerOf(() => ({ cost: nanoUsd(500n) }));
  const report = await conduct(registration, small, portsOf({ arms, asker: next, judge, journals }));
  expect(asker.asked.length + next.asked.length).toBe(12);
  expect(report.arms[0]).toMatchObject({ interrupted: 0, cost_unknown: 0, cost_usd: "0.000006000" });
  expect(report.arms[0]?.quality.value).toBeCloseTo(11 / 12);
});

it("takes a judge that fails for no judgement, and not for a wrong answer of the other arm", async () => {
  const registration = registrationOf(small, { metric: "judge", judge: "acme/judge", judgedTwice: 1 });
  const judge = askerOf(() => ({ text: "", errorCode: "PROVIDER_OVERLOADED" }));
  const report = await conduct(registration, small, portsOf({ arms, asker: askerOf(), judge }));
  expect(qualityOf(report)).toEqual({ larder: 0, stuff_cached: 1 });
  expect(report.judge_noise).toMatchObject({ pairs: 0 });
});

it("has no money at all where the model has no price: unpriced is not free", async () => {
  const asker = {
    ...askerOf(),
    worstCost: () => undefined,
    async ask() {
      const tokens = { ...noTokens, inputFresh: 10, outputText: 2 };
      return { text: "It is answer 0.", tokens, source: "provider" as const, totalMs: 1 };
    },
  };
  const report = await conduct(registrationOf(small), small, portsOf({ arms, asker }));
  expect(report.arms.map(({ cost_usd }) => cost_usd)).toEqual([null, null]);
  expect(report).toMatchObject({ money_basis: null, measurement_cost_usd: null });
  expect(report.comparisons[0]).toMatchObject({ decided_by: "tokens", savings: { usd: null } });
});

it("counts tokens that nobody knows of at their most for Larder, as it does money", async () => {
  const whole = askerOf();
  const asker: Asker = {
    ...whole,
    async ask(prompt, ...given) {
      const answer = await whole.ask(prompt, ...given);
      if (!JSON.stringify(prompt).includes("# larder")) return answer;
      const { cost: _, ...unbilled } = answer;
      return { ...unbilled, text: "", tokens: noTokens, errorCode: "STREAM_CUT" };
    },
  };
  const report = await conduct(registrationOf(small), small, portsOf({ arms, asker }));
  const ours = report.arms.find(({ id }) => id === "larder")?.tokens;
  expect(ours?.out_text).toBe(12 * 100);
  expect(ours?.in_fresh).toBeGreaterThan(0);
});

it("refuses a journal whose registration was changed after it was written", async () => {
  const journals = memoryJournals();
  const registration = registrationOf(small);
  const report = await conduct(registration, small, portsOf({ arms, asker: askerOf(), journals }));
  const id = runIdOf(registration);
  const changed = {
    async open(...given: Parameters<typeof journals.open>) {
      return { ...(await journals.open(...given)), registration: { ...registration, margin: 0.5 } };
    },
    async read(...given: Parameters<typeof journals.read>) {
      const written = await journals.read(...given);
      return written && { ...written, registration: { ...registration, margin: 0.5 } };
    },
  };
  expect(await readReport(journals, id, call)).toEqual(report);
  await expect(readReport(changed, id, call)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  await expect(
    conduct(registration, small, portsOf({ arms, asker: askerOf(), journals: changed })),
  ).rejects.toMatchObject({ code: "STORE_DAMAGED" });
});
