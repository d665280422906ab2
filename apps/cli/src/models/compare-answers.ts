/** One answer as a drill sees it. */
export interface DrilledAnswer {
  readonly text: string;
  readonly isGrounded: boolean;
  readonly isAbstained: boolean;
  /** Nano-dollars; absent when it is not known. */
  readonly cost?: bigint;
  readonly totalMs: number;
}

export interface DrillPair {
  readonly question: string;
  readonly from: DrilledAnswer;
  readonly to: DrilledAnswer;
}

export interface DrillReport {
  readonly pairs: number;
  /** Mean overlap of words of the two answers, 0 to 1; two abstentions agree wholly, one and an answer not at all. */
  readonly agreement: number;
  /** Pairs by who is grounded. Only the last two tell the models apart. */
  readonly grounded: {
    readonly both: number;
    readonly neither: number;
    readonly fromOnly: number;
    readonly toOnly: number;
  };
  /** Sums in nano-dollars over pairs whose costs are both known. */
  readonly cost: { readonly pairs: number; readonly from: bigint; readonly to: bigint };
  /** Medians, and the median of the differences of each pair: positive when the new model is slower. */
  readonly latencyMs: { readonly from: number; readonly to: number; readonly difference: number };
}

/** Sums a drill up, pair by pair. Pure. Without pairs every number is 0. */
export function reportDrill(pairs: readonly DrillPair[]): DrillReport {
  const count = (test: (pair: DrillPair) => boolean) => pairs.filter(test).length;
  const priced = pairs.flatMap(({ from, to }) =>
    from.cost === undefined || to.cost === undefined ? [] : [{ from: from.cost, to: to.cost }],
  );
  return {
    pairs: pairs.length,
    agreement: pairs.reduce((sum, { from, to }) => sum + agreementOf(from, to), 0) / Math.max(1, pairs.length),
    grounded: {
      both: count(({ from, to }) => from.isGrounded && to.isGrounded),
      neither: count(({ from, to }) => !from.isGrounded && !to.isGrounded),
      fromOnly: count(({ from, to }) => from.isGrounded && !to.isGrounded),
      toOnly: count(({ from, to }) => !from.isGrounded && to.isGrounded),
    },
    cost: {
      pairs: priced.length,
      from: priced.reduce((sum, { from }) => sum + from, 0n),
      to: priced.reduce((sum, { to }) => sum + to, 0n),
    },
    latencyMs: {
      from: median(pairs.map(({ from }) => from.totalMs)),
      to: median(pairs.map(({ to }) => to.totalMs)),
      difference: median(pairs.map(({ from, to }) => to.totalMs - from.totalMs)),
    },
  };
}

/**
 * F1 of the words of two answers, markers of citations and punctuation left out.
 * @source Rajpurkar et al.: SQuAD, EMNLP 2016, §6.1
 */
export function agreementOf(a: DrilledAnswer, b: DrilledAnswer): number {
  if (a.isAbstained || b.isAbstained) return a.isAbstained === b.isAbstained ? 1 : 0;
  const [left, right] = [wordsOf(a.text), wordsOf(b.text)];
  if (left.length === 0 || right.length === 0) return left.length === right.length ? 1 : 0;
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of right) {
    const leftOver = counts.get(word) ?? 0;
    if (leftOver === 0) continue;
    counts.set(word, leftOver - 1);
    shared += 1;
  }
  return (2 * shared) / (left.length + right.length);
}

function wordsOf(text: string): readonly string[] {
  return (
    text
      .replace(/\[\d+\]/g, " ")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
