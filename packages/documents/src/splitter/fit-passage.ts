import type { TokenCounter } from "@larder/contracts";
import { trimWhiteSpaceEnd } from "@larder/text-blocks";
import type { BoundaryKind } from "./text-boundaries.ts";
import { boundariesOf } from "./text-boundaries.ts";

export interface PassageLimits {
  readonly tokensTarget: number;
  readonly tokensMax: number;
  /** Bounds the work for one passage where a token holds very many characters. */
  readonly charactersMax: number;
}

export interface Fit {
  /** After the last non-space character. */
  readonly end: number;
  readonly tokens: number;
}

/** Counts of one passage that are tried before the best so far is taken: the guess is near after two. */
const triesMax = 8;
/** A passage this full is taken without trying for a fuller one; the first guess aims between this and full. */
const fullShareMin = 0.9;
const fullShareAimed = 0.95;
/** What is longer than this share of the guess is not even counted. */
const surelyAboveShare = 1.15;
/** A passage with less than this share at the end of what was looked at makes it worth looking further. */
const fewShareMax = 0.5;

/**
 * Cuts passages out of a stretch of text that is too long for one. Tokens are counted for slices of about one passage,
 * about once for each character, whatever the length of the stretch: how many characters fit is guessed from the
 * passage before.
 */
export class PassageFitter {
  readonly #text: string;
  readonly #counter: TokenCounter;
  readonly #limits: PassageLimits;
  /** As seen in the last count. */
  #charactersPerToken = 4;

  constructor(text: string, counter: TokenCounter, limits: PassageLimits) {
    this.#text = text;
    this.#counter = counter;
    this.#limits = limits;
  }

  /** Tokens of the slice; infinite when it is longer than any passage may be, without counting it. */
  count(start: number, end: number): number {
    if (end - start > this.#limits.charactersMax) return Number.POSITIVE_INFINITY;
    const tokens = this.#counter.count(this.#text.slice(start, end));
    if (tokens > 0) this.#charactersPerToken = Math.max(0.25, (end - start) / tokens);
    return tokens;
  }

  /** Prepares for cutting a stretch that was never counted: the text may be of another kind than what came before. */
  sample(start: number, end: number): void {
    this.count(start, Math.min(end, start + 4 * this.#limits.tokensTarget));
  }

  /**
   * The longest passage from `start` that ends at the first of `kinds` that allows one within the target, or within the
   * maximum where a single unit passes the target. An end after `endMin` is preferred. Only a single grapheme may be
   * above the maximum. `start` must be the offset of a non-space character before `limit`.
   */
  fit(start: number, limit: number, endMin: number, kinds: readonly BoundaryKind[]): Fit {
    for (const after of endMin > start ? [endMin, start] : [start]) {
      for (const kind of kinds) {
        const found = this.#fitTo(kind, start, limit, after);
        if (found !== undefined) return found;
      }
    }
    return this.#firstGrapheme(start, limit);
  }

  #fitTo(kind: BoundaryKind, start: number, limit: number, after: number): Fit | undefined {
    const { tokensTarget, tokensMax, charactersMax } = this.#limits;
    const farthest = Math.min(limit, start + charactersMax);
    // Sentences and lines may take the passage beyond the target; units smaller than that only fill it.
    const tokensInView = kind === "sentence" || kind === "line" ? 1.25 * tokensMax : 1.1 * tokensTarget;
    let windowEnd = Math.min(farthest, start + Math.ceil(tokensInView * this.#charactersPerToken) + 32);
    for (;;) {
      const ends = this.#endsIn(kind, start, windowEnd, limit, after);
      const best = this.#longestWithin(tokensTarget, start, ends);
      const isWorthMore = best !== undefined && best.end === ends.at(-1) && best.tokens < fewShareMax * tokensTarget;
      if (!isWorthMore || windowEnd >= farthest) return best ?? this.#firstUnit(start, ends[0]);
      windowEnd = Math.min(farthest, start + 2 * (windowEnd - start));
    }
  }

  /** A single sentence or line may be above the target. */
  #firstUnit(start: number, end: number | undefined): Fit | undefined {
    if (end === undefined) return undefined;
    const tokens = this.count(start, end);
    return tokens <= this.#limits.tokensMax ? { end, tokens } : undefined;
  }

  /** Ends of passages after `after`, without the white space before each boundary; ascending, each once. */
  #endsIn(kind: BoundaryKind, start: number, windowEnd: number, limit: number, after: number): readonly number[] {
    const ends: number[] = [];
    const add = (boundary: number): void => {
      const end = trimWhiteSpaceEnd(this.#text, start, boundary);
      if (end > after && end > (ends.at(-1) ?? start)) ends.push(end);
    };
    for (const boundary of boundariesOf(kind, this.#text, start, windowEnd)) add(boundary);
    if (windowEnd === limit) add(limit);
    return ends;
  }

  /** The last of `ends` whose passage has at most `tokensMax` tokens, by guesses from the tokens counted so far. */
  #longestWithin(tokensMax: number, start: number, ends: readonly number[]): Fit | undefined {
    let best: Fit | undefined;
    let low = -1;
    let high = ends.length;
    for (let tries = 0; low + 1 < high && tries < triesMax; tries += 1) {
      const wanted = start + tokensMax * fullShareAimed * this.#charactersPerToken;
      const guess = tries < triesMax / 2 ? lastAtMost(ends, wanted) : Math.floor((low + high) / 2);
      const index = Math.min(high - 1, Math.max(low + 1, guess));
      const end = ends[index] ?? start;
      const isSurelyAbove = best !== undefined && end - start > surelyAboveShare * tokensMax * this.#charactersPerToken;
      if (isSurelyAbove) break;
      const tokens = this.count(start, end);
      if (tokens <= tokensMax) {
        best = { end, tokens };
        low = index;
        if (tokens >= fullShareMin * tokensMax) break;
      } else {
        high = index;
      }
    }
    return best;
  }

  /** Above the maximum or not: a grapheme is never cut. */
  #firstGrapheme(start: number, limit: number): Fit {
    for (let size = 64; ; size *= 2) {
      const windowEnd = Math.min(limit, start + size);
      const second = boundariesOf("grapheme", this.#text, start, windowEnd)[0];
      if (second === undefined && windowEnd < limit) continue;
      const end = trimWhiteSpaceEnd(this.#text, start, second ?? limit);
      return { end, tokens: this.#counter.count(this.#text.slice(start, end)) };
    }
  }
}

/** Index of the last value at most `wanted`; -1 when there is none. `values` ascend. */
function lastAtMost(values: readonly number[], wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
