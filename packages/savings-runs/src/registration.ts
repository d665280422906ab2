import { createHash } from "node:crypto";
import { LarderError } from "@larder/contracts";
import { z } from "zod";
import { ourArm, runArmIds } from "./run-arms.ts";

/** What an answer, or the evidence alone, is judged by. */
export const runMetrics = ["evidence_recall", "exact_match", "contains", "grounded", "judge"] as const;
export type RunMetric = (typeof runMetrics)[number];

/**
 * Everything that decides the outcome of a run but the answers themselves. It is written down before the first call, and
 * the run's id is its hash: whatever differs makes another run, so that no figure can be chosen after it was seen.
 */
export const runRegistration = z.strictObject({
  form: z.literal("larder.savings-run/1"),
  set: z.strictObject({
    name: z.string(),
    sha256: z.string(),
    questions: z.int(),
    clusters: z.int(),
    isSynthetic: z.boolean(),
  }),
  corpus: z.strictObject({ name: z.string(), documents: z.int(), tokens: z.int(), sha256: z.string() }),
  arms: z.array(z.enum(runArmIds)),
  budgets: z.array(z.int().positive()),
  /** At this one Larder is compared with the others; chosen before, not by the outcome. */
  primaryBudget: z.int().positive(),
  metric: z.enum(runMetrics),
  /** How much worse an answer may be on average: 0.02 is two points. */
  margin: z.number().min(0).max(1),
  runs: z.int().positive(),
  seed: z.int(),
  /** `provider/model` that is asked, or at which evidence is priced when nothing is asked. */
  model: z.string().optional(),
  judge: z.string().optional(),
  /** Share of the answers that the judge judges twice. */
  judgedTwice: z.number().min(0).max(1),
  outputTokensMax: z.int().positive(),
  parts: z.strictObject({
    retriever: z.string(),
    embedder: z.string(),
    tokenCounter: z.string(),
    prompt: z.string(),
    priceBook: z.string(),
  }),
});
export type RunRegistration = z.infer<typeof runRegistration>;

/** Answers are asked for; else evidence alone is looked at, and nothing leaves the machine. */
export function isAsking({ metric }: Pick<RunRegistration, "metric">): boolean {
  return metric !== "evidence_recall";
}

/** The same for the same registration, whatever the order of its fields. */
export function runIdOf(registration: RunRegistration): string {
  return `run_${createHash("sha256").update(canonical(registration)).digest("hex").slice(0, 20)}`;
}

/**
 * What was written down before the first question is what the id says.
 * @throws {@link LarderError} `STORE_DAMAGED` for a registration that was changed afterwards
 */
export function checkWritten(id: string, written: unknown): void {
  const parsed = runRegistration.safeParse(written);
  if (!parsed.success || runIdOf(parsed.data) !== id) throw new LarderError("STORE_DAMAGED", { details: { run: id } });
}

/** @throws {@link LarderError} `SAVINGS_RUN_INVALID` for what cannot be measured */
export function checkRegistration(registration: RunRegistration): RunRegistration {
  const { arms, budgets, primaryBudget, metric, model, judge, set } = registration;
  const problem = [
    [!arms.includes(ourArm), `arms must hold ${ourArm}: the others are compared with it`],
    [new Set(arms).size < arms.length, "an arm is named twice"],
    [budgets.length === 0, "budgets are missing"],
    [budgets.some((budget, i) => i > 0 && budget <= (budgets[i - 1] ?? 0)), "budgets must be ascending"],
    [!budgets.includes(primaryBudget), "the primary budget must be one of the budgets"],
    [isAsking(registration) && model === undefined, `${metric} needs answers, so it needs a model`],
    [metric === "judge" && judge === undefined, "judge needs a judge model"],
    [set.questions === 0, "there is no question that can be measured"],
  ].find(([isWrong]) => isWrong);
  if (problem === undefined) return registration;
  throw new LarderError("SAVINGS_RUN_INVALID", { details: { problem: String(problem[1]) } });
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, held]) => held !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`).join(",")}}`;
}
