import { expect, it } from "vitest";
import type { RunRegistration } from "./registration.ts";
import { checkRegistration, runIdOf, runRegistration } from "./registration.ts";

const registration: RunRegistration = {
  form: "larder.savings-run/1",
  set: { name: "mine", sha256: "s", questions: 300, clusters: 30, isSynthetic: false },
  corpus: { name: "kb", documents: 30, tokens: 50_000, sha256: "c" },
  arms: ["larder", "stuff_cached"],
  budgets: [1_024, 4_096],
  primaryBudget: 4_096,
  metric: "contains",
  margin: 0.02,
  runs: 1,
  seed: 7,
  model: "acme/m",
  judgedTwice: 0,
  outputTokensMax: 300,
  parts: { retriever: "r", embedder: "e", tokenCounter: "t", prompt: "p", priceBook: "b" },
};

it("names a run by all that decides it, whatever the order of the fields", () => {
  const { form, ...rest } = registration;
  expect(runIdOf({ ...rest, form })).toBe(runIdOf(registration));
  expect(runIdOf(runRegistration.parse(JSON.parse(JSON.stringify(registration))))).toBe(runIdOf(registration));
  const others: readonly RunRegistration[] = [
    { ...registration, margin: 0.03 },
    { ...registration, seed: 8 },
    { ...registration, arms: ["larder"] },
    { ...registration, budgets: [4_096] },
    { ...registration, primaryBudget: 1_024 },
    { ...registration, metric: "exact_match" },
    { ...registration, set: { ...registration.set, sha256: "other" } },
    { ...registration, corpus: { ...registration.corpus, sha256: "other" } },
    { ...registration, parts: { ...registration.parts, priceBook: "other" } },
  ];
  expect(new Set([registration, ...others].map(runIdOf)).size).toBe(others.length + 1);
});

it.each([
  [{ arms: ["stuff_cold"] }, "larder"],
  [{ arms: ["larder", "larder"] }, "twice"],
  [{ budgets: [] }, "missing"],
  [{ budgets: [4_096, 1_024] }, "ascending"],
  [{ primaryBudget: 2_048 }, "primary"],
  [{ model: undefined }, "needs a model"],
  [{ metric: "judge" }, "judge"],
  [{ set: { ...registration.set, questions: 0 } }, "no question"],
] as const)("refuses %j", (change, problem) => {
  expect(() => checkRegistration({ ...registration, ...change } as RunRegistration)).toThrow(
    expect.objectContaining({ code: "SAVINGS_RUN_INVALID", details: { problem: expect.stringContaining(problem) } }),
  );
});
