import type { NanoUsd, UsageTokens } from "@larder/contracts";
import { formatUsd, parseUsd, usageBuckets } from "@larder/contracts";
import { z } from "zod";
import type { RunArmId } from "./run-arms.ts";
import { runArmIds } from "./run-arms.ts";

const cell = {
  question: z.string(),
  arm: z.enum(runArmIds),
  /** `null` for an arm that sends what it sends. */
  budget: z.int().nullable(),
  /** From 1. */
  run: z.int().positive(),
};

const tokens = z
  .strictObject(Object.fromEntries(usageBuckets.map((bucket) => [bucket, z.int().min(0)])))
  .transform((held) => held as UsageTokens);

const usd = z.string().transform((text, context): NanoUsd => {
  const value = parseUsd(text);
  if (value !== undefined) return value;
  context.addIssue("is not an amount");
  return z.NEVER;
});

const evidence = {
  /** 0 … 1; absent where the question has no gold and no answers. */
  recall: z.number().min(0).max(1).optional(),
  precision: z.number().min(0).max(1).optional(),
  evidenceTokens: z.int().min(0),
  /** By our own counter. */
  promptTokens: z.int().min(0),
  retrievalMs: z.number().min(0),
};

const found = z.strictObject({ kind: z.literal("found"), ...cell, ...evidence });

const answered = z.strictObject({
  kind: z.literal("answered"),
  ...cell,
  ...evidence,
  /** 0 … 1 by the run's metric; a failure is 0. */
  quality: z.number().min(0).max(1),
  tokens,
  source: z.enum(["provider", "estimated"]),
  /** Absent when nobody knows what will be billed. */
  cost: usd.optional(),
  /** Absent when no price is known: unpriced is never free. */
  worstCost: usd.optional(),
  errorCode: z.string().optional(),
  firstTextMs: z.number().optional(),
  totalMs: z.number(),
  /** The judge's second opinion, where there is one; the first one is the quality. */
  judgedAgain: z.boolean().optional(),
  judgeCost: usd.optional(),
  /** The answer came and was not judged: the judge failed, or was stopped. Its quality is not known. */
  judgeErrorCode: z.string().optional(),
});

/** Written before a question is sent: one without an `answered` after it was interrupted, and is not sent again. */
const asked = z.strictObject({ kind: z.literal("asked"), ...cell, ...evidence, worstCost: usd.optional() });

/** One line of a journal: an arm's evidence, a question about to be sent, what came of it, the end. */
export const runRecord = z.discriminatedUnion("kind", [
  found,
  asked,
  answered,
  /** After an `asked`: nothing was sent, because the run was given up, such as for want of a budget. */
  z.strictObject({ kind: z.literal("unsent"), ...cell }),
  /** With the report, which is what later readers get. */
  z.strictObject({ kind: z.literal("finished"), atMs: z.number(), report: z.unknown() }),
]);
export type RunRecord = z.infer<typeof runRecord>;
export type FoundRecord = z.infer<typeof found>;
export type AskedRecord = z.infer<typeof asked>;
export type AnsweredRecord = z.infer<typeof answered>;
export type Observation = FoundRecord | AnsweredRecord;

/** As JSON can hold it. */
export function toLine(record: RunRecord): object {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      typeof value === "bigint" ? formatUsd(value as NanoUsd) : value,
    ]),
  );
}

export interface Cell {
  readonly question: string;
  readonly arm: RunArmId;
  readonly budget: number | null;
  readonly run: number;
}

export function keyOf({ question, arm, budget, run }: Cell): string {
  return `${arm}@${budget ?? "-"}#${run} ${question}`;
}

const interruptedCode = "INTERRUPTED";

/** Sent and never heard of again, because of this process and not of the arm. */
export function isInterrupted({ errorCode }: AnsweredRecord): boolean {
  return errorCode === interruptedCode;
}

/** Nobody knows whether the answer was right: it was never heard of, or never judged. */
export function isUnjudged(observation: AnsweredRecord): boolean {
  return isInterrupted(observation) || observation.judgeErrorCode !== undefined;
}

/** What was sent and never heard of again: its quality is not known, and it is as expensive as it can be. */
export function interruptedFrom({ kind: _, ...sent }: AskedRecord, noTokens: UsageTokens): AnsweredRecord {
  return {
    ...sent,
    kind: "answered",
    quality: 0,
    tokens: noTokens,
    source: "estimated",
    errorCode: interruptedCode,
    totalMs: 0,
  };
}
