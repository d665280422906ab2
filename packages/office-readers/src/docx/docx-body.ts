import type { XmlAttributes, XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";
import type { DocumentText, FoundBlock } from "../document-text.ts";
import { tableBlocks } from "../document-text.ts";
import type { DocxNotes } from "./docx-notes.ts";
import type { DocxNumbering } from "./docx-numbering.ts";
import type { DocxParagraph } from "./docx-paragraph.ts";
import { emptyParagraph, toBlock } from "./docx-paragraph.ts";
import type { DocxStyles } from "./docx-styles.ts";
import { toNumber } from "./docx-styles.ts";
import { DocxTable } from "./docx-table.ts";

export interface DocxParts {
  readonly styles: DocxStyles;
  readonly numbering: DocxNumbering;
  readonly footnotes: DocxNotes;
  readonly endnotes: DocxNotes;
  readonly comments: DocxNotes;
}

/** Deleted text, field codes, pronunciation aids, and the second form of what was drawn in a newer one already. */
const droppedElements: ReadonlySet<string> = new Set([
  "mc:Fallback",
  "w:del",
  "w:delText",
  "w:instrText",
  "w:moveFrom",
  "w:pPrChange",
  "w:rPrChange",
  "w:rt",
]);

/** What blocks flow into: the document, a text box that hangs on a paragraph, or a cell. */
type Flow =
  | { readonly kind: "body" }
  | { readonly kind: "box"; readonly blocks: FoundBlock[] }
  | { readonly kind: "table"; readonly table: DocxTable; columnsAfter: number };

/** Reads the elements of `w:body` in their order and writes blocks. */
export class DocxBody implements XmlHandler {
  readonly #text: DocumentText;
  readonly #parts: DocxParts;
  readonly #charactersMax: number;
  readonly #flows: Flow[] = [{ kind: "body" }];
  readonly #paragraphs: DocxParagraph[] = [];
  #depth = 0;
  #droppedAt: number | undefined;
  #isText = false;
  #isInRunProperties = false;
  #runs = 0;
  #isHiddenRun = false;
  #notes = 0;
  /** Text that is waiting for its paragraph or table to end. */
  #characters = 0;

  constructor(text: DocumentText, parts: DocxParts, charactersMax: number) {
    this.#text = text;
    this.#parts = parts;
    this.#charactersMax = charactersMax;
  }

  open(name: string, attributes: XmlAttributes): void {
    this.#depth += 1;
    if (this.#droppedAt !== undefined) return;
    if (droppedElements.has(name)) this.#droppedAt = this.#depth;
    else if (name === "w:t" || name === "m:t") this.#isText = true;
    else if (name === "w:p") this.#paragraphs.push(emptyParagraph());
    else if (name === "w:r") {
      this.#runs += 1;
      this.#isHiddenRun = false;
    } else if (name === "w:rPr") this.#isInRunProperties = true;
    else if (name === "w:txbxContent") this.#flows.push({ kind: "box", blocks: [] });
    else if (name === "w:tbl")
      this.#flows.push({ kind: "table", table: new DocxTable(this.#charactersMax), columnsAfter: 0 });
    else if (this.#isInRunProperties) this.#openRunProperty(name, attributes);
    else if (this.#runs > 0) this.#openInRun(name, attributes);
    else this.#openProperty(name, attributes);
  }

  text(text: string): void {
    if (!this.#isText || this.#droppedAt !== undefined) return;
    if (this.#isHiddenRun) {
      this.#text.warn("hidden_text", "text that is formatted as hidden was left out");
      return;
    }
    this.#characters += text.length;
    refuseLongText(this.#characters, this.#charactersMax);
    this.#paragraphs.at(-1)?.pieces.push(text);
  }

  close(name: string): void {
    if (this.#droppedAt === this.#depth) this.#droppedAt = undefined;
    else if (this.#droppedAt === undefined) this.#close(name);
    this.#depth -= 1;
  }

  #close(name: string): void {
    if (name === "w:t" || name === "m:t") this.#isText = false;
    else if (name === "w:rPr") this.#isInRunProperties = false;
    else if (name === "w:r") this.#runs -= 1;
    else if (name === "w:p") this.#closeParagraph();
    else if (name === "w:tr") this.#closeRow();
    else if (name === "w:tbl") this.#closeTable();
    else if (name === "w:txbxContent") this.#closeBox();
  }

  #openRunProperty(name: string, attributes: XmlAttributes): void {
    const isOn = !/^(?:0|false|off)$/u.test(attributes["w:val"] ?? "");
    if (name === "w:vanish" && isOn && this.#runs > 0) this.#isHiddenRun = true;
  }

  #openInRun(name: string, attributes: XmlAttributes): void {
    const paragraph = this.#paragraphs.at(-1);
    if (name === "w:tab") paragraph?.pieces.push("\t");
    else if (name === "w:br" || name === "w:cr") paragraph?.pieces.push("\n");
    else if (name === "w:noBreakHyphen") paragraph?.pieces.push("\u2011");
    else if (name === "w:footnoteReference") this.#addNote(this.#parts.footnotes, attributes["w:id"]);
    else if (name === "w:endnoteReference") this.#addNote(this.#parts.endnotes, attributes["w:id"]);
    else if (name === "w:commentReference") this.#addComment(attributes["w:id"]);
    else this.#openProperty(name, attributes); // of a paragraph or table inside a text box, which is inside a run
  }

  #openProperty(name: string, attributes: XmlAttributes): void {
    const paragraph = this.#paragraphs.at(-1);
    const flow = this.#flows.at(-1);
    if (name === "w:altChunk") this.#text.warn("part_not_read", "a document inserted as a whole was not read");
    if (flow?.kind === "table") this.#openTableProperty(name, attributes, flow);
    if (paragraph === undefined) return;
    if (name === "w:pStyle") paragraph.styleId = attributes["w:val"];
    else if (name === "w:outlineLvl") paragraph.outlineLevel = toNumber(attributes);
    else if (name === "w:numId") paragraph.listId = attributes["w:val"];
    else if (name === "w:ilvl") paragraph.listLevel = toNumber(attributes);
  }

  #openTableProperty(name: string, attributes: XmlAttributes, flow: Flow & { readonly kind: "table" }): void {
    if (name === "w:tr") {
      flow.table.openRow();
      flow.columnsAfter = 0;
    } else if (name === "w:tc") flow.table.openCell();
    else if (name === "w:gridBefore") flow.table.skipColumns(toNumber(attributes) ?? 0);
    else if (name === "w:gridAfter") flow.columnsAfter = toNumber(attributes) ?? 0;
    else if (name === "w:gridSpan") flow.table.spanColumns(toNumber(attributes) ?? 1);
    else if (name === "w:vMerge" && attributes["w:val"] !== "restart") flow.table.continueAbove();
  }

  #addNote(notes: DocxNotes, id: string | undefined): void {
    const note = notes.find(id);
    if (note === undefined) return;
    this.#notes += 1;
    this.#paragraphs.at(-1)?.pieces.push(`[^${this.#notes}]`);
    this.#paragraphs.at(-1)?.after.push({ kind: "paragraph", text: `[^${this.#notes}]: ${note.text}` });
  }

  #addComment(id: string | undefined): void {
    const comment = this.#parts.comments.find(id);
    if (comment === undefined) return;
    const by = comment.author === "" ? "" : `${comment.author}: `;
    this.#paragraphs.at(-1)?.after.push({ kind: "quote", text: by + comment.text, under: "Comments" });
  }

  #closeParagraph(): void {
    const paragraph = this.#paragraphs.pop();
    if (paragraph === undefined) return;
    const block = toBlock(paragraph, this.#parts.styles.resolve(paragraph.styleId), this.#parts.numbering);
    for (const found of block === undefined ? paragraph.after : [block, ...paragraph.after]) this.#add(found);
  }

  #closeRow(): void {
    const flow = this.#flows.at(-1);
    if (flow?.kind === "table") flow.table.closeRow(flow.columnsAfter);
  }

  #closeTable(): void {
    const flow = this.#flows.pop();
    if (flow?.kind !== "table") return;
    const outer = this.#flows.at(-1);
    if (outer?.kind !== "table") for (const block of tableBlocks(flow.table.table.rows)) this.#add(block);
    else for (const row of flow.table.table.rows) outer.table.addText(row.filter((cell) => cell !== "").join(", "));
  }

  #closeBox(): void {
    const flow = this.#flows.pop();
    if (flow?.kind !== "box") return;
    const holder = this.#paragraphs.at(-1);
    if (holder === undefined) for (const block of flow.blocks) this.#add(block);
    else holder.after.push(...flow.blocks);
  }

  #add(block: FoundBlock): void {
    const flow = this.#flows.at(-1);
    if (flow?.kind === "table") flow.table.addText(block.text.trim());
    else if (flow?.kind === "box") flow.blocks.push(block);
    else {
      this.#text.add(block);
      this.#characters = 0;
    }
  }
}
