import type { NearOutcome, NearQuestion, NearRequests, RoutingTask } from "@larder/contracts";

/** Questions below this cosine say nothing, in the vectors of the carried embedder: one in a thousand of another topic. */
export const similarityMinDefault = 0.4; // docs/decisions/0024-near-questions.md
/** From this cosine on a question counts whole: most are about the same passage. */
const similarityFull = 0.65;
/** An outcome counts half after this time, as what is learned of a model does. */
const halfLifeMs = 14 * 86_400_000;
/** Each model costs the decision some 4 µs, and a fifth one has hardly an outcome. */
const modelsMax = 4;

/** Nearest questions that are asked for. Chosen arbitrarily: with half a vote each, no more can count. */
export const neighboursMax = 16;

export interface NeighbourTerms {
  readonly task: RoutingTask;
  readonly nowMs: number;
  readonly similarityMin: number;
}

/**
 * What the nearest questions say of each model: its outcomes at them, each worth its own weight, by how near and how old
 * the question is. The weight by nearness rises from 0 at `similarityMin` in a straight line, so that a question just
 * below it and one just above it count alike. `undefined` where no outcome is left. Pure; order does not matter, and the
 * figures are rounded to a thousandth, for they are written on receipts.
 */
export function weighNeighbours(
  neighbours: readonly NearQuestion[],
  { task, nowMs, similarityMin }: NeighbourTerms,
): NearRequests | undefined {
  const near = neighbours.filter(({ similarity }) => similarity > similarityMin);
  const sums = new Map<string, { provider: string; model: string; good: number; bad: number }>();
  for (const { similarity, outcomes, atMs } of near) {
    const nearness = Math.min(1, (similarity - similarityMin) / Math.max(1e-6, similarityFull - similarityMin));
    const fresh = 2 ** (-Math.max(0, nowMs - atMs) / halfLifeMs);
    for (const { provider, model, isGood, weight, task: of } of outcomes) {
      if (of !== task) continue;
      const name = `${provider}/${model}`;
      const sum = sums.get(name) ?? { provider, model, good: 0, bad: 0 };
      sum[isGood ? "good" : "bad"] += nearness * fresh * weight;
      sums.set(name, sum);
    }
  }
  const outcomes = [...sums.values()]
    .map(({ provider, model, good, bad }): NearOutcome => ({ provider, model, good: rounded(good), bad: rounded(bad) }))
    .filter(({ good, bad }) => good + bad > 0)
    .sort((a, b) => b.good + b.bad - a.good - a.bad || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, modelsMax);
  if (outcomes.length === 0) return undefined;
  return {
    count: near.length,
    similarity: rounded(Math.min(1, Math.max(...near.map(({ similarity }) => similarity)))),
    outcomes,
  };
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
const nameOf = ({ provider, model }: NearOutcome) => `${provider}/${model}`;
