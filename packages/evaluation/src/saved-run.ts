import { LarderError } from "@larder/contracts";
import type { AbstentionScores, PipelineScores, SetScores } from "./query-scores.ts";

/** Everything that one run measured, query by query. */
export interface EvaluationRun {
  /** Pipeline and settings, as receipts record them. */
  readonly retriever: string;
  readonly embedder: string;
  readonly tokenCounter: string;
  /** Processors, memory and runtime, for whoever reads times. */
  readonly machine: string;
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly sets: readonly SetScores[];
}

const format = "larder-evaluation@1";

/** One JSON document: the run under a line that names the format. Values are kept to six decimals. */
export function writeRun(run: EvaluationRun): string {
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 1_000_000) / 1_000_000 : value;
  return `${JSON.stringify({ format, ...run }, rounded)}\n`;
}

/** @throws {@link LarderError} `EVALUATION_FILE_INVALID` naming what does not have the expected form */
export function parseRun(text: string, file: string): EvaluationRun {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new LarderError("EVALUATION_FILE_INVALID", { details: { file, problem }, cause });
  };
  let run: unknown;
  try {
    run = JSON.parse(text);
  } catch (cause) {
    return refuse("it is not JSON", cause);
  }
  if (!isRecord(run) || run.format !== format) return refuse(`it is not a file of the format ${format}`);
  const { retriever, embedder, tokenCounter, machine, measuredAt, sets } = run;
  if (!isText(retriever) || !isText(embedder) || !isText(tokenCounter)) return refuse("it does not name its pipeline");
  if (!isText(machine) || !isText(measuredAt)) return refuse("it does not say where and when it was measured");
  if (!Array.isArray(sets) || !sets.every(isSetScores)) return refuse("a set's scores do not have the expected form");
  return { retriever, embedder, tokenCounter, machine, measuredAt, sets };
}

function isSetScores(value: unknown): value is SetScores {
  if (!isRecord(value) || !isText(value.set)) return false;
  const isKnownKind = value.kind === "documents" || value.kind === "spans";
  const hasLists = Array.isArray(value.pipelines) && Array.isArray(value.abstention);
  return (
    isKnownKind &&
    hasLists &&
    isNumber(value.documents) &&
    isNumber(value.passages) &&
    (value.pipelines as unknown[]).every(isPipelineScores) &&
    (value.abstention as unknown[]).every(isAbstentionScores)
  );
}

function isPipelineScores(value: unknown): value is PipelineScores {
  if (!isRecord(value) || !isText(value.pipeline) || !isRecord(value.values) || !isRecord(value.latencyMs))
    return false;
  const { queries, clusters, latencyMs } = value;
  if (!isListOf(queries, isText) || !isListOf(clusters, isText) || clusters.length !== queries.length) return false;
  if (new Set(queries).size !== queries.length || !isNumber(latencyMs.p50) || !isNumber(latencyMs.p99)) return false;
  return Object.values(value.values).every((column) => isListOf(column, isNumber) && column.length === queries.length);
}

function isAbstentionScores(value: unknown): value is AbstentionScores {
  return isRecord(value) && isText(value.pipeline) && isNumber(value.areaUnderRoc) && isNumber(value.falseAnswerRate);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
