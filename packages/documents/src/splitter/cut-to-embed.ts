import type { EmbeddingLimit, TextBlock, TokenCounter } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { belowColumns } from "@larder/text-blocks";
import type { PassageLimits } from "./fit-passage.ts";
import { PassageFitter } from "./fit-passage.ts";
import type { PassageCut } from "./section-cutter.ts";
import { SectionCutter } from "./section-cutter.ts";

export interface EmbeddingContext {
  readonly text: string;
  /** Embedded above each passage; `""` for none. */
  readonly title: string;
  /** All of the document, in order, without white space at their edges. */
  readonly blocks: readonly TextBlock[];
  /** Measures what a passage costs in a prompt. */
  readonly tokenCounter: TokenCounter;
  readonly embeddingLimit: EmbeddingLimit;
  /** Those that `cuts` keep to; here for their bound in characters. */
  readonly limits: PassageLimits;
}

/** Title and headings may take this share of what the embedder reads; the outermost headings beyond it are left out. */
const contextShareMax = 0.75;
/** Parts aim at equal sizes; without some room above, their last sentences would make one part more. */
const partRoom = 1.15;
/** Of the room for the words, when the parts came out too long after all. */
const nextRoomShare = 0.75;
/** Below this share of what the embedder reads no words are cut: the title takes all of it, and fragments help nobody. */
const roomShareMin = 0.125;

/**
 * Cuts again what is above the embedder's limit with its title and headings; returns everything else as it is. What stays
 * above is a single grapheme, or below a title that takes seven eighths of the limit.
 */
export function cutToEmbed(cuts: readonly PassageCut[], context: EmbeddingContext): readonly PassageCut[] {
  const { blocks } = context;
  let first = 0; // block that holds the start of the cut
  return cuts.flatMap((cut) => {
    while ((blocks[first]?.end ?? cut.end) <= cut.start) first += 1;
    if (isRead(cut, context)) return [cut];
    const held: TextBlock[] = [];
    for (let at = first; at < blocks.length; at += 1) {
      const block = blocks[at];
      if (block === undefined || block.start >= cut.end) break;
      held.push(partOf(block, cut));
    }
    return cutAgain(cut, held, context, context.embeddingLimit.tokensMax);
  });
}

function isRead({ start, end, headings }: PassageCut, { text, title, embeddingLimit }: EmbeddingContext): boolean {
  return embeddingLimit.isReadWhole(contextText(title, headings, text.slice(start, end)));
}

/** What the cut has of a block. Behind a table's header the cut's own headings name the columns already. */
function partOf(block: TextBlock, { start, end, headings }: PassageCut): TextBlock {
  if (block.start >= start) return { ...block, end: Math.min(block.end, end) };
  return { kind: block.kind, start, end: Math.min(block.end, end), headings };
}

/** @param roomMax - Most tokens of the words by themselves; less where title and headings leave less */
function cutAgain(
  cut: PassageCut,
  held: readonly TextBlock[],
  context: EmbeddingContext,
  roomMax: number,
): readonly PassageCut[] {
  const { text, limits } = context;
  const { tokenCounter: modelCounter, tokensMax: readMax } = context.embeddingLimit;
  const countAbove = (headings: readonly string[]) => modelCounter.count([context.title, ...headings, ""].join("\n"));
  const isTooLong = (headings: readonly string[]) => countAbove(headings) > contextShareMax * readMax;
  const blocks = held.map((block) => withShortPath(block, isTooLong));
  const above = Math.max(...blocks.map(({ headings, columns }) => countAbove(belowColumns(headings, columns))));
  const room = Math.min(roomMax, readMax - above);
  if (room < Math.max(1, roomShareMin * readMax)) return [withTokens(cut, context)];
  const tokens = modelCounter.count(text.slice(cut.start, cut.end));
  const target = Math.min(room, Math.ceil((partRoom * tokens) / Math.ceil(tokens / room)));
  const partLimits = { ...limits, tokensTarget: target, tokensMax: room };
  const cutter = new SectionCutter(text, new PassageFitter(text, modelCounter, partLimits), partLimits);
  for (const block of blocks) cutter.add(block);
  const parts = cutter.finish();
  return parts.flatMap((part) => {
    // One part above the room is a single grapheme: a smaller room would not cut it.
    const isGrapheme = parts.length === 1 && tokens > room;
    if (isRead(part, context) || isGrapheme) return [withTokens(part, context)];
    return cutAgain(part, heldBy(part, blocks), context, Math.floor(room * nextRoomShare));
  });
}

function withTokens(cut: PassageCut, { text, tokenCounter }: EmbeddingContext): PassageCut {
  return { ...cut, tokens: tokenCounter.count(text.slice(cut.start, cut.end)) };
}

function heldBy(cut: PassageCut, blocks: readonly TextBlock[]): readonly TextBlock[] {
  return blocks.filter(({ start, end }) => start < cut.end && end > cut.start).map((block) => partOf(block, cut));
}

/** Without the outermost headings, and in the end without the columns' names, until the rest leaves room for words. */
function withShortPath(block: TextBlock, isTooLong: (headings: readonly string[]) => boolean): TextBlock {
  let { headings, columns } = block;
  while (headings.length > 0 && isTooLong(belowColumns(headings, columns))) headings = headings.slice(1);
  if (columns !== undefined && isTooLong(belowColumns(headings, columns))) columns = undefined;
  const { kind, start, end } = block;
  return { kind, start, end, headings, ...(columns === undefined ? {} : { columns }) };
}
