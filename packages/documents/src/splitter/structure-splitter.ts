import type { EmbeddingLimit, PassageDraft, PassageSplitter, TokenCounter } from "@larder/contracts";
import { coveringBlocks } from "./covering-blocks.ts";
import { cutToEmbed } from "./cut-to-embed.ts";
import { PassageFitter } from "./fit-passage.ts";
import { SectionCutter } from "./section-cutter.ts";

export interface StructureSplitterOptions {
  readonly tokenCounter: TokenCounter;
  /** Small blocks are packed and long ones cut to about this size. @defaultValue 200 */
  readonly passageTokensTarget?: number;
  /** No passage is above this, save one grapheme that is. A block up to this size stays whole. @defaultValue 320 */
  readonly passageTokensMax?: number;
  /**
   * No passage with its title and headings is above this either, save one grapheme that is. @defaultValue none: what an
   * embedder does not read is missing from the vector
   */
  readonly embeddingLimit?: EmbeddingLimit;
}

/** Characters that a passage may hold for each of its tokens: eleven times what prose has. Bounds odd texts only. */
const charactersPerTokenMax = 48;

/**
 * Cuts along the structure first: each heading starts a passage and stays with the text below it, neighbouring blocks
 * under one heading are packed up to the target. A block above the maximum is cut between sentences, else lines, else
 * words, else graphemes; a table or code between lines first, and inside a row or line only where that one alone is above
 * the maximum: a row then between cells. What is cut from a table below its header has the columns' names at the end of
 * its headings. A heading without text of its own goes with what follows. A page's end ends a passage, so that the page
 * that a passage names is the page of all its words.
 *
 * A passage that the embedder would not read to its end is cut once more, along the same structure; all others stay as they
 * are, so that another embedder moves no more passages than it has to.
 *
 * Linear in the length of the text: what is counted is never longer than one passage.
 */
export function createStructureSplitter({
  tokenCounter,
  passageTokensTarget = 200,
  passageTokensMax = 320,
  embeddingLimit,
}: StructureSplitterOptions): PassageSplitter {
  const tokensMax = Math.max(1, Math.floor(passageTokensMax));
  const tokensTarget = Math.min(tokensMax, Math.max(1, Math.floor(passageTokensTarget)));
  const limits = { tokensTarget, tokensMax, charactersMax: Math.max(256, tokensMax * charactersPerTokenMax) };
  return {
    id: `structure@3(${[tokenCounter.id, tokensTarget, tokensMax, ...idOf(embeddingLimit)].join(",")})`,
    split(document, title = document.title ?? "") {
      const cutter = new SectionCutter(document.text, new PassageFitter(document.text, tokenCounter, limits), limits);
      let page = 0;
      const blocks = [...coveringBlocks(document)];
      for (const block of blocks) {
        const last = page;
        while ((document.pages[page + 1]?.start ?? Number.POSITIVE_INFINITY) <= block.start) page += 1;
        if (page !== last) cutter.endPassage();
        cutter.add(block);
      }
      const cuts = cutter.finish();
      if (embeddingLimit === undefined) return withPlaces(document, cuts);
      const context = { text: document.text, title, blocks, tokenCounter, embeddingLimit, limits };
      return withPlaces(document, cutToEmbed(cuts, context));
    },
  };
}

function idOf(limit: EmbeddingLimit | undefined): readonly (string | number)[] {
  return limit === undefined ? [] : [limit.tokenCounter.id, limit.tokensMax];
}

function withPlaces(
  { text, pages }: Parameters<PassageSplitter["split"]>[0],
  cuts: readonly Omit<PassageDraft, "text" | "lead" | "page">[],
): readonly PassageDraft[] {
  let reached = 0;
  let pageIndex = 0;
  return cuts.map((cut) => {
    const lead = text.slice(reached, cut.start);
    reached = cut.end;
    while ((pages[pageIndex + 1]?.start ?? Number.POSITIVE_INFINITY) <= cut.start) pageIndex += 1;
    const page = pages[pageIndex]?.page;
    return { ...cut, text: text.slice(cut.start, cut.end), lead, ...(page === undefined ? {} : { page }) };
  });
}
