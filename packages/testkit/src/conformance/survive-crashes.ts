import type { IndexOperation, VectorCollectionId, VectorIndex } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { expect } from "vitest";
import { seededRandom, VectorModel } from "../vector-model.ts";

interface Survival {
  readonly index: VectorIndex;
  readonly collection: VectorCollectionId;
  readonly crash: () => void;
  /** A log; the sequence of each is its place in it, from 1. */
  readonly operations: readonly IndexOperation[];
  readonly queries: readonly Float32Array[];
  readonly recallMin: number;
}

const crashes = 3;
const limit = 10;
const attemptsMax = 20;
const call = { signal: new AbortController().signal };

/**
 * The fault loop: ends the index while it applies and saves, then searches. Each answer must be the oracle's for the very
 * sequence that it names, each failure retryable, and the log must bring it level again.
 */
export async function expectToSurvive(survival: Survival): Promise<void> {
  const { index, collection, crash, operations } = survival;
  const random = seededRandom(31);
  for (let i = 1; i <= crashes; i++) {
    const until = Math.ceil((operations.length * i) / crashes);
    const work = [catchUp(survival, until), index.checkpoint(collection, call)];
    await new Promise((resolve) => setTimeout(resolve, random() * 10)); // the point in time is what is drawn here
    crash();
    for (const outcome of await Promise.allSettled(work)) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ retryable: true });
    }
    await expectTrue(survival);
    await retried(() => catchUp(survival, until));
    expect(await expectTrue(survival)).toBe(until);
  }
}

async function catchUp({ index, collection, operations }: Survival, until: number): Promise<void> {
  for (;;) {
    const { appliedSequence: after } = await index.status(collection, call);
    if (after >= until) return;
    await index.apply(collection, operations.slice(after, Math.min(until, after + 50)), { after }, call);
  }
}

/** Gives the sequence that the last answer named. */
async function expectTrue({ index, collection, operations, queries, recallMin }: Survival): Promise<number> {
  let sequence = 0;
  let found = 0;
  let wanted = 0;
  for (const query of queries) {
    const { hits, appliedSequence } = await retried(() => index.search(collection, query, { limit }, call));
    const model = new VectorModel();
    model.apply(operations.slice(0, appliedSequence));
    const ranked = model.rank(query);
    const scores = new Map<number, number>(ranked.map(({ label, score }) => [label, score]));
    expect(hits).toHaveLength(Math.min(limit, ranked.length));
    for (const { label, score } of hits) expect(score).toBeCloseTo(scores.get(label) ?? Number.NaN, 5);
    const least = (ranked[hits.length - 1]?.score ?? 1) - 1e-5;
    found += hits.filter(({ label }) => (scores.get(label) ?? -2) >= least).length;
    wanted += hits.length;
    sequence = appliedSequence;
  }
  expect(found).toBeGreaterThanOrEqual(wanted * recallMin);
  return sequence;
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (!LarderError.is(thrown) || !thrown.retryable || attempt === attemptsMax) throw thrown;
    }
  }
}
