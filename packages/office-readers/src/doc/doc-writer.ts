import type { DocumentText } from "../document-text.ts";
import { joinedLines, tableBlocks } from "../document-text.ts";
import type { DocParagraphFacts } from "./doc-paragraphs.ts";

/** Puts paragraphs and cells together to blocks. */
export class DocWriter {
  readonly #text: DocumentText;
  #rows: string[][] = [];
  #cells: string[] = [];
  #cell: string[] = [];

  constructor(text: DocumentText) {
    this.#text = text;
  }

  /** `endsCell` for what ends with a cell's mark, which the end of a row has as well. */
  add(plain: string, endsCell: boolean, facts: DocParagraphFacts | undefined): void {
    if (endsCell && facts?.isRowEnd === true) {
      this.#rows.push(this.#cells);
      this.#cells = [];
    } else if (endsCell) {
      this.#cells.push([...this.#cell, plain].join("\n"));
      this.#cell = [];
    } else if (facts?.isInTable === true) this.#cell.push(plain);
    else {
      this.finish();
      this.#addParagraph(plain, facts);
    }
  }

  /** Ends a table that is open. */
  finish(): void {
    if (this.#cell.length > 0) this.#cells.push(this.#cell.join("\n"));
    if (this.#cells.length > 0) this.#rows.push(this.#cells);
    for (const block of this.#rows.length === 0 ? [] : tableBlocks(this.#rows)) this.#text.add(block);
    this.#rows = [];
    this.#cells = [];
    this.#cell = [];
  }

  #addParagraph(plain: string, facts: DocParagraphFacts | undefined): void {
    const line = plain.trim();
    if (facts?.headingLevel !== undefined) {
      this.#text.add({ kind: "heading", level: facts.headingLevel, text: joinedLines(line) });
    } else if (facts?.isListItem === true) {
      if (line !== "") this.#text.add({ kind: "list_item", text: `${"  ".repeat(facts.listLevel)}- ${line}` });
    } else this.#text.add({ kind: "paragraph", text: plain });
  }
}
