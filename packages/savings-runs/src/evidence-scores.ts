import { foldAnswer } from "./answer-scores.ts";
import type { GoldSpan, RunQuestion } from "./question-set.ts";
import type { EvidencePiece } from "./run-ports.ts";

export interface EvidenceScores {
  /** Share of the gold that the evidence holds, 0 … 1. */
  readonly recall: number;
  /** Share of the evidence that is gold; absent where gold is known by its words alone. What is sent twice counts twice. */
  readonly precision?: number;
}

/**
 * Gold spans by characters; without spans, whether any of the right answers stands in the evidence word for word.
 * `undefined` when the question has neither.
 */
export function scoreEvidence(
  { gold, answers }: Pick<RunQuestion, "gold" | "answers">,
  pieces: readonly EvidencePiece[],
): EvidenceScores | undefined {
  if (gold.length > 0) return scoreSpans(gold, pieces);
  if (answers.length === 0) return undefined;
  const text = foldedText(pieces);
  const isHeld = answers.some((answer) => ` ${text} `.includes(` ${foldAnswer(answer)} `));
  return { recall: isHeld ? 1 : 0 };
}

/** Of lists that arms give again for every question, such as the whole corpus. */
const folded = new WeakMap<readonly EvidencePiece[], string>();

function foldedText(pieces: readonly EvidencePiece[]): string {
  const known = folded.get(pieces);
  if (known !== undefined) return known;
  const text = foldAnswer(pieces.map((piece) => piece.text).join("\n"));
  folded.set(pieces, text);
  return text;
}

function scoreSpans(gold: readonly GoldSpan[], pieces: readonly GoldSpan[]): EvidenceScores {
  const goldRanges = unite(gold);
  const found = overlap(goldRanges, unite(pieces));
  const goldLength = lengthOf(goldRanges);
  const sent = lengthOf(pieces);
  return { recall: goldLength === 0 ? 0 : found / goldLength, precision: sent === 0 ? 0 : found / sent };
}

function lengthOf(ranges: readonly GoldSpan[]): number {
  return ranges.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);
}

/** Ranges that neither overlap nor touch, by document and place. */
function unite(ranges: readonly GoldSpan[]): readonly GoldSpan[] {
  const ordered = ranges.toSorted((a, b) =>
    a.documentId === b.documentId ? a.start - b.start : a.documentId < b.documentId ? -1 : 1,
  );
  const united: GoldSpan[] = [];
  for (const { documentId, start, end } of ordered) {
    const last = united.at(-1);
    if (last?.documentId === documentId && start <= last.end) {
      united[united.length - 1] = { ...last, end: Math.max(last.end, end) };
    } else united.push({ documentId, start, end });
  }
  return united;
}

/** Of two united lists in order. `O(n + m)`. */
function overlap(a: readonly GoldSpan[], b: readonly GoldSpan[]): number {
  let [i, j, sum] = [0, 0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) return sum;
    if (left.documentId !== right.documentId) {
      if (left.documentId < right.documentId) i += 1;
      else j += 1;
      continue;
    }
    sum += Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start));
    if (left.end < right.end) i += 1;
    else j += 1;
  }
}
