import type { BlockKind, PageSpan, ParsedDocument, ParseWarning } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { BlockWriter, HeadingPath, markdownTable, oneLine, toHeadingTitle } from "@larder/text-blocks";

/** A heading's lines as one. Not a pattern around the break: that would look at long white space again and again. */
export function joinedLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

/** One block on its way into the text. `level` is a heading's: 0 is a title above all others. */
export interface FoundBlock {
  readonly kind: BlockKind;
  readonly text: string;
  readonly level?: number;
  readonly columns?: readonly string[];
  /** What stands beside the text rather than in it, such as `Notes`: the last of its headings. */
  readonly under?: string;
}

/** Writes blocks under their headings, page by page where the format has pages, and collects warnings. */
export class DocumentText {
  readonly #writer: BlockWriter;
  #path = new HeadingPath();
  readonly #pages: PageSpan[] = [];
  readonly #warnings = new Map<string, ParseWarning>();
  #firstHeading: string | undefined;
  #pageFirstBlock = 0;

  constructor({ textCharactersMax }: ParseLimits) {
    this.#writer = new BlockWriter(textCharactersMax);
  }

  /** @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
  add({ kind, text, level, columns, under }: FoundBlock): void {
    if (kind === "heading" && text.trim() !== "") {
      this.#path.enter(level ?? 1, text);
      if ((level ?? 1) <= 1) this.#firstHeading ??= toHeadingTitle(text);
    }
    const isNextLine = (kind === "list_item" || kind === "code") && this.#writer.blocks.at(-1)?.kind === kind;
    const headings = under === undefined ? this.#path.titles : [...this.#path.titles, under];
    this.#writer.write(kind, text, headings, isNextLine ? "\n" : "\n\n", columns);
  }

  /** Blocks of a document that was read by itself, under their own headings and parted as they were. */
  addDocument({ text, blocks, warnings }: ParsedDocument): void {
    let reached = 0;
    for (const { kind, start, end, headings, columns } of blocks) {
      const gap = text.slice(reached, start);
      const separator = reached > 0 && gap.trim() === "" && gap.includes("\n") ? gap : "\n\n";
      this.#writer.write(kind, text.slice(start, end), headings, separator, columns);
      reached = end;
    }
    for (const { code, message } of warnings) this.warn(code, message);
  }

  /** Ends the page that was open, if any; what comes next stands on a new one, below no heading of the last. */
  startPage(): void {
    this.#endPage();
    this.#pages.push({ page: this.#pages.length + 1, start: this.#writer.length, end: this.#writer.length });
    this.#pageFirstBlock = this.#writer.blocks.length;
    this.#path = new HeadingPath();
  }

  /** Said once for each code. */
  warn(code: string, message: string): void {
    if (!this.#warnings.has(code)) this.#warnings.set(code, { code, message });
  }

  get pageHasText(): boolean {
    return this.#writer.blocks.length > this.#pageFirstBlock;
  }

  finish(mediaType: string, givenTitle: string | undefined): ParsedDocument {
    this.#endPage();
    const title = givenTitle ?? this.#firstHeading;
    return {
      text: this.#writer.toString(),
      mediaType,
      blocks: this.#writer.blocks,
      pages: this.#pages,
      warnings: [...this.#warnings.values()],
      ...(title === undefined ? {} : { title }),
    };
  }

  #endPage(): void {
    const open = this.#pages.pop();
    if (open === undefined) return;
    const start = this.#writer.blocks[this.#pageFirstBlock]?.start ?? this.#writer.length;
    this.#pages.push({ page: open.page, start, end: this.#writer.length });
  }
}

/**
 * Rows as one table block whose columns are named by the first row. A table of one column is paragraphs, one for each
 * row: it only frames its text.
 */
export function tableBlocks(rows: readonly (readonly string[])[]): readonly FoundBlock[] {
  const full = rows.filter((row) => row.some((cell) => cell.trim() !== ""));
  if (full.every((row) => row.length === 1)) return full.map(([cell = ""]) => ({ kind: "paragraph", text: cell }));
  const columns = full[0]?.map(oneLine);
  return [{ kind: "table", text: markdownTable(full), ...(columns === undefined ? {} : { columns }) }];
}
