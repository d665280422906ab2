import {
  chooseEscalation,
  forecastOf,
  neighboursMax,
  trustOfNear,
  verifierRates,
  weighNeighbours,
} from "@larder/answering";
import type {
  Candidate,
  EmbedderId,
  KnowledgeBaseId,
  PastQuestions,
  Policy,
  QuestionOutcome,
  ReceiptId,
  RequestShape,
} from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { createGeneratorRouter, createPriceBook, createRoutingMemory } from "@larder/generator-router";
import { createManualClock } from "@larder/testkit";
import type { SimulatedModel } from "./topic-world.ts";

export interface SimulatedQuestion {
  readonly vector: Float32Array;
  readonly isHard: boolean;
  /** For each model: whether it is right, and how the check of it errs. The same whatever was decided. */
  readonly luck: readonly { readonly right: number; readonly verdict: number }[];
}

export interface Asking {
  readonly models: readonly SimulatedModel[];
  readonly policy: Policy;
  readonly escalates: boolean;
  /** Absent: decisions know of no near questions. */
  readonly pastQuestions?: PastQuestions;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly embedderId: EmbedderId;
  readonly similarityMin: number;
  /** Instead of what they earn: 1 counts near questions whole, whatever they foretold. */
  readonly fixedTrust?: number;
}

/** What one answer took and whether it was right. */
export interface Settled {
  readonly usd: number;
  readonly isRight: boolean;
  readonly first: string;
  /** In near questions; absent where none was near. */
  readonly trust?: number;
}

const worth = nanoUsd(50_000_000n);
const call = { signal: new AbortController().signal };
const silent = { id: "acme", async *generate() {} } as never;
/** Some ten questions an hour, so that old outcomes fade as they would. */
const betweenMs = 360_000;

/**
 * Asks the questions one after the other by the real router, memory and record of past questions. Only the models and the
 * check of their answers are drawn; the check errs as the verifier does.
 */
export async function askAll(questions: readonly SimulatedQuestion[], asking: Asking): Promise<readonly Settled[]> {
  const { models, policy, escalates, pastQuestions, knowledgeBaseId, embedderId, similarityMin, fixedTrust } = asking;
  const clock = createManualClock();
  const memory = createRoutingMemory();
  const router = createGeneratorRouter({
    priceBook: createPriceBook(models.map(({ entry }) => entry)),
    providers: [{ id: "acme", isConfigured: true, generator: silent }],
    tokenCounter: { id: "none", count: () => 0 } as never,
    ...{ clock, memory },
  });
  const base = { inputTokens: 2_500, stablePrefixTokens: 0, outputTokensMax: 800, outputTokensExpected: 300 };
  const settled: Settled[] = [];
  const writing: (Promise<void> | undefined)[] = [];
  for (const [number, { vector, isHard, luck }] of questions.entries()) {
    clock.advance(betweenMs);
    const nowMs = clock.nowMs();
    const wanted = { knowledgeBaseId, embedderId, vector, limit: neighboursMax, similarityMin };
    const neighbours = (await pastQuestions?.nearest(wanted, call)) ?? [];
    const weighed = weighNeighbours(neighbours, { task: "answering", nowMs, similarityMin });
    const trust = trustOfNear((await pastQuestions?.outcomes(wanted, call)) ?? [], nowMs);
    const near = weighed && { ...weighed, trust: fixedTrust ?? trust };
    const shape: RequestShape = {
      ...base,
      ...{ needs: [], task: "answering" },
      ...(near && { near }),
      ...(escalates && { escalation: verifierRates }),
    };
    const outcomes: QuestionOutcome[] = [];
    const ask = (candidate: Candidate) => {
      const { model, expectedCost = nanoUsd(0n) } = candidate;
      const index = models.findIndex(({ entry }) => entry.model === model);
      const [simulated, drawn] = [models[index], luck[index]];
      if (simulated === undefined || drawn === undefined) throw new TypeError(`${model} is not simulated.`);
      const isRight = drawn.right < simulated.right[isHard ? "hard" : "easy"];
      const isSupported = drawn.verdict >= (isRight ? verifierRates.falseAlarms : verifierRates.caught);
      const seen = { provider: "acme", model, task: "answering", isGood: isSupported, weight: 0.5 } as const;
      memory.observeQuality({ ...seen, atMs: nowMs });
      outcomes.push({ ...seen, ...forecastOf(candidate), source: "verdict" });
      return { isRight, isSupported, usd: Number(expectedCost) / 1e9 };
    };
    const { candidates } = router.quote(shape, policy);
    const [first] = candidates;
    if (first === undefined || !first.isEligible) throw new TypeError("Nobody may be asked.");
    let answer = ask(first);
    let usd = answer.usd;
    if (escalates && !answer.isSupported) {
      const others = candidates.filter((each) => each !== first);
      const { candidate } = chooseEscalation(first, others, worth);
      if (candidate !== undefined) {
        answer = ask(candidate); // the better supported is shown: of two that failed, the better model's
        usd += answer.usd;
      }
    }
    settled.push({ usd, isRight: answer.isRight, first: first.model, ...(near && { trust: near.trust }) });
    const receiptId = `rcp_${knowledgeBaseId}_${number}` as ReceiptId;
    const noted = { receiptId, knowledgeBaseId, embedderId, vector, outcomes, atMs: nowMs };
    writing.push(pastQuestions?.note(noted, call)); // found at once; as when answering, nobody waits for the disk
  }
  await Promise.all(writing);
  return settled;
}

/** Dollars that an answer cost, and those that a wrong one lost. */
export const lossOf = ({ usd, isRight }: Settled) => usd + (isRight ? 0 : Number(worth) / 1e9);
