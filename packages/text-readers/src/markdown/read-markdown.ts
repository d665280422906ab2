import type { BlockKind, ParsedDocument, ParseWarning, TextBlock } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { HeadingPath, paragraphBlocks, refuseLongText, skipWhiteSpace, trimWhiteSpaceEnd } from "@larder/text-blocks";
import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTable } from "micromark-extension-gfm-table";
import { headedPipeColumns } from "../markup/table-columns.ts";
import { readFrontMatter } from "./front-matter.ts";
import { headingText } from "./heading-text.ts";
import { markdownSections } from "./markdown-sections.ts";
import { readingCost, readingCostMax } from "./reading-cost.ts";

export interface MarkdownStructure {
  readonly blocks: readonly TextBlock[];
  readonly title?: string;
  readonly warnings: readonly ParseWarning[];
}

/** Only blocks are wanted: leaving out what stands inside a line keeps reading linear. */
const blocksOnly = {
  disable: {
    null: [
      "attention",
      "autolink",
      "characterEscape",
      "characterReference",
      "codeText",
      "hardBreakEscape",
      "htmlText",
      "labelEnd",
      "labelStartImage",
      "labelStartLink",
    ],
  },
};

/** A stretch that belongs together, before its marks (`- `, `> `) are added to it. */
interface Leaf {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** 1 … 6 for headings. */
  readonly level?: number;
}

/** The source itself with the blocks of {@link readMarkdownStructure}. @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
export function readMarkdown(text: string, { limits }: ReadContext): ParsedDocument {
  refuseLongText(text.length, limits.textCharactersMax);
  return { text, mediaType: "text/markdown", pages: [], ...readMarkdownStructure(text) };
}

/**
 * Finds the blocks of a Markdown text; the text itself stays as it is. Blocks are headings, paragraphs, list items (one
 * for each item's own text), tables, code and quotes (whole). Sections whose structure cannot be read, or not in time, are
 * paragraphs, with the warning `structure_skipped`.
 */
export function readMarkdownStructure(text: string): MarkdownStructure {
  const frontMatter = readFrontMatter(text);
  const bodyStart = frontMatter?.end ?? 0;
  const { leaves, skipped } = readSections(text, bodyStart);
  const body = toBlocks(text, bodyStart, leaves);
  const frontEnd = trimWhiteSpaceEnd(text, 0, bodyStart);
  const front: readonly TextBlock[] = frontEnd === 0 ? [] : [{ kind: "code", start: 0, end: frontEnd, headings: [] }];
  const title = frontMatter?.title ?? body.title;
  const message = `the Markdown structure of ${skipped} characters could not be read: taken as plain text`;
  const warnings = skipped === 0 ? [] : [{ code: "structure_skipped", message }];
  return { blocks: [...front, ...body.blocks], warnings, ...(title === undefined ? {} : { title }) };
}

/** Lists deeper than this are one block: nobody reads them as lists. */
const depthMax = 64;

/** Each mark in a line opens a container inside the one before; the library gives up on some thousands of them. */
const marksInLineMax = 200;
const tooManyMarks = new RegExp(`^(?:[ \\t]*(?:[-+*>]|\\d{1,9}[.)])(?=[ \\t>])){${marksInLineMax}}`, "m");
/** An item that stands so far in is inside as many others by the lines above it. */
const tooDeepMark = new RegExp(`^[ \\t]{${2 * marksInLineMax},}(?:[-+*]|\\d{1,9}[.)])[ \\t]`, "m");

/** Leaves of all sections. Those that are too dear to read, or cannot be read, are paragraphs. */
function readSections(text: string, bodyStart: number): { leaves: readonly Leaf[]; skipped: number } {
  const leaves: Leaf[] = [];
  let skipped = 0;
  let costLeft = readingCostMax;
  for (const { start, end, isTable } of markdownSections(text, bodyStart)) {
    if (isTable === true) {
      leaves.push({ kind: "table", start, end });
      continue;
    }
    const body = text.slice(start, end);
    const cost = readingCost(body);
    const found = cost > costLeft ? undefined : findLeaves(body, start);
    if (cost <= costLeft) costLeft -= cost;
    if (found === undefined) skipped += end - start;
    for (const leaf of found ?? paragraphBlocks(text, start, end)) leaves.push(leaf);
  }
  return { leaves, skipped };
}

/** `undefined` for what the library cannot read. */
function findLeaves(body: string, offset: number): readonly Leaf[] | undefined {
  if (tooManyMarks.test(body) || tooDeepMark.test(body)) return undefined;
  const tree = parseBlocks(body);
  if (tree === undefined) return undefined;
  const leaves: Leaf[] = [];
  const waiting: { readonly node: Nodes; readonly depth: number }[] = [{ node: tree, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    const isContainer = node.type === "root" || node.type === "list" || node.type === "listItem";
    if (isContainer && node.children.length > 0 && depth < depthMax) {
      for (const child of node.children.toReversed()) waiting.push({ node: child, depth: depth + 1 });
      continue;
    }
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (start === undefined || end === undefined || end <= start) continue;
    const isInList = depth > 1;
    const level = node.type === "heading" ? { level: node.depth } : {};
    leaves.push({ kind: kindOf(node, isInList), start: start + offset, end: end + offset, ...level });
  }
  return leaves;
}

function parseBlocks(body: string): Root | undefined {
  try {
    return fromMarkdown(body, { extensions: [gfmTable(), blocksOnly], mdastExtensions: [gfmTableFromMarkdown()] });
  } catch {
    return undefined; // it has stacks and arguments of its own to overflow
  }
}

function kindOf(node: Nodes, isInList: boolean): BlockKind {
  switch (node.type) {
    case "heading":
      return "heading";
    case "code":
      return "code";
    case "table":
      return "table";
    case "blockquote":
      return "quote";
    default:
      return isInList ? "list_item" : "paragraph";
  }
}

/** Extends each leaf back over the marks before it, so that every non-space character is in a block. */
function toBlocks(text: string, bodyStart: number, leaves: readonly Leaf[]): { blocks: TextBlock[]; title?: string } {
  const path = new HeadingPath();
  const blocks: TextBlock[] = [];
  let title: string | undefined;
  let reached = bodyStart;
  for (const leaf of leaves) {
    const start = skipWhiteSpace(text, reached, leaf.end);
    const end = trimWhiteSpaceEnd(text, start, leaf.end);
    if (end <= start) continue;
    if (leaf.level !== undefined) {
      const words = headingText(text.slice(leaf.start, leaf.end));
      if (words !== "") path.enter(leaf.level, words);
      if (leaf.level === 1 && title === undefined && words !== "") title = words;
    }
    const columns = leaf.kind === "table" ? headedPipeColumns(text.slice(start, end)) : undefined;
    blocks.push({
      kind: leaf.kind,
      start,
      end,
      headings: path.titles,
      ...(columns === undefined ? {} : { columns }),
    });
    reached = end;
  }
  const rest = skipWhiteSpace(text, reached, text.length);
  if (rest < text.length) blocks.push(...paragraphBlocks(text, rest, text.length, path.titles));
  return { blocks, ...(title === undefined ? {} : { title }) };
}
