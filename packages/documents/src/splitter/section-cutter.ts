import type { BlockKind, PassageDraft, TextBlock } from "@larder/contracts";
import { belowColumns, skipWhiteSpace } from "@larder/text-blocks";
import type { PassageFitter, PassageLimits } from "./fit-passage.ts";
import type { BoundaryKind } from "./text-boundaries.ts";

export type PassageCut = Omit<PassageDraft, "text" | "lead" | "page">;

/** Blocks that will be one passage, unless more fit in. */
interface OpenPassage {
  readonly start: number;
  end: number;
  headings: readonly string[];
  /** Sum of what was counted piece by piece: near the true count, which is taken when the passage is closed. */
  tokens: number;
  /** `tokens` is the count of exactly this slice. */
  isExact: boolean;
  isHeadingOnly: boolean;
  /** The kind of the last block. */
  kind: BlockKind;
  /** The table at the end begins in this passage; what is cut off it needs the names of its columns. */
  columns: TextBlock["columns"];
}

const proseCuts: readonly BoundaryKind[] = ["sentence", "line", "space", "word", "grapheme"];
/** Only what is longer than a passage by itself is cut behind the first: a row between cells, a line between words. */
const rowCuts: readonly BoundaryKind[] = ["line", "cell", "sentence", "space", "word", "grapheme"];
const lineCuts: readonly BoundaryKind[] = ["line", "space", "word", "grapheme"];

/** Packs blocks, given in order, into passages. */
export class SectionCutter {
  readonly #text: string;
  readonly #fitter: PassageFitter;
  readonly #limits: PassageLimits;
  readonly #cuts: PassageCut[] = [];
  #open: OpenPassage | undefined;

  constructor(text: string, fitter: PassageFitter, limits: PassageLimits) {
    this.#text = text;
    this.#fitter = fitter;
    this.#limits = limits;
  }

  add(block: TextBlock): void {
    const tokens = this.#fitter.count(block.start, block.end);
    const isHeading = block.kind === "heading";
    if (this.#open !== undefined && !this.#joins(this.#open, block, tokens)) this.#close();
    const { kind, end, headings, columns } = block;
    if (this.#open === undefined && tokens <= this.#limits.tokensMax) {
      const { start } = block;
      this.#open = { start, end, headings, tokens, isExact: true, isHeadingOnly: isHeading, kind, columns };
      return;
    }
    const start = this.#open?.start ?? block.start;
    const joint = (this.#open?.tokens ?? 0) + tokens;
    if (this.#open !== undefined && joint <= this.#limits.tokensMax && this.#isShort(start, end)) {
      const isHeadingOnly = this.#open.isHeadingOnly && isHeading;
      this.#open = { start, end, headings, tokens: joint, isExact: false, isHeadingOnly, kind, columns };
      return;
    }
    const headingEnd = this.#open?.end ?? block.start;
    this.#open = undefined;
    this.#cut(start, block, headingEnd);
  }

  /** What comes next joins nothing before it. */
  endPassage(): void {
    this.#close();
  }

  finish(): readonly PassageCut[] {
    this.#close();
    return this.#cuts;
  }

  /** A heading takes the text below it whatever its size; text takes more text of its section up to the target. */
  #joins(open: OpenPassage, block: TextBlock, tokens: number): boolean {
    const isHeading = block.kind === "heading";
    const fits = open.tokens + tokens < this.#limits.tokensTarget && this.#isShort(open.start, block.end);
    if (open.isHeadingOnly) return !isHeading || fits;
    return !isHeading && fits && isSamePath(open.headings, block.headings);
  }

  #isShort(start: number, end: number): boolean {
    return end - start <= this.#limits.charactersMax;
  }

  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { start, end, headings, kind, columns } = open;
    const tokens = open.isExact ? open.tokens : this.#fitter.count(start, end);
    if (tokens <= this.#limits.tokensMax) this.#cuts.push({ start, end, headings, tokens });
    else this.#cut(start, { kind, start, end, headings, ...(columns === undefined ? {} : { columns }) }, start, true);
  }

  /**
   * Cuts from `start` to the block's end. The last piece stays open for what follows, unless `isLast`. Pieces of a table
   * behind the first, which has its header, are below the names of its columns.
   */
  #cut(start: number, { kind, end, headings, columns }: TextBlock, headingEnd: number, isLast = false): void {
    const kinds = cutsOf(kind);
    this.#fitter.sample(start, end);
    let path = headings;
    for (let at = start; at < end; ) {
      const fit = this.#fitter.fit(at, end, at === start ? headingEnd : at, kinds);
      if (fit.end >= end && !isLast && fit.tokens <= this.#limits.tokensMax) {
        const { end, tokens } = fit;
        const isHeadingOnly = kind === "heading";
        this.#open = { start: at, end, headings: path, tokens, isExact: true, isHeadingOnly, kind, columns: undefined };
        return;
      }
      this.#cuts.push({ start: at, end: fit.end, headings: path, tokens: fit.tokens });
      at = skipWhiteSpace(this.#text, fit.end, end);
      if (path === headings && fit.end > headingEnd) path = belowColumns(headings, columns);
    }
  }
}

function cutsOf(kind: BlockKind): readonly BoundaryKind[] {
  if (kind === "table") return rowCuts;
  return kind === "code" ? lineCuts : proseCuts;
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((title, index) => title === b[index]));
}
