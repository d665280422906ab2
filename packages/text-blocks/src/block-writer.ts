import type { BlockKind, TextBlock } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { normaliseText } from "./normalise-text.ts";

/** Writes a document's text block by block, for formats whose source is not text itself. Limited in length. */
export class BlockWriter {
  readonly #pieces: string[] = [];
  readonly #blocks: TextBlock[] = [];
  readonly #charactersMax: number;
  #length = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  get length(): number {
    return this.#length;
  }

  get blocks(): readonly TextBlock[] {
    return this.#blocks;
  }

  /**
   * Appends one block, parted from the one before by `separator`, which must be white space. Text without any non-space
   * character adds nothing. `columns` are the names of a table's columns.
   *
   * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
   */
  write(
    kind: BlockKind,
    raw: string,
    headings: readonly string[],
    separator: string,
    columns?: readonly string[],
  ): void {
    const text = trimBlankEdges(normaliseText(raw).text);
    if (text === "") return;
    const lead = this.#blocks.length === 0 ? "" : separator;
    const start = this.#length + lead.length;
    const end = start + text.length;
    refuseLongText(end, this.#charactersMax);
    this.#pieces.push(lead, text);
    this.#blocks.push({ kind, start, end, headings, ...(columns === undefined ? {} : { columns }) });
    this.#length = end;
  }

  toString(): string {
    return this.#pieces.join("");
  }
}

/** @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
export function refuseLongText(characters: number, charactersMax: number): void {
  if (characters <= charactersMax) return;
  throw new LarderError("DOCUMENT_TOO_LARGE", {
    details: { setting: "LARDER_PARSE_TEXT_CHARACTERS_MAX", textCharactersMax: charactersMax },
  });
}

/** Without blank lines before and white space after; the first line keeps its indentation. */
function trimBlankEdges(text: string): string {
  return text.trimEnd().replace(/^(?:[^\S\n]*\n)+/u, "");
}
