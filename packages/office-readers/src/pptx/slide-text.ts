import type { XmlAttributes, XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";
import type { FoundBlock } from "../document-text.ts";
import { joinedLines, tableBlocks } from "../document-text.ts";
import { SlideTable } from "./slide-table.ts";

interface Shape {
  /** Of its placeholder; `""` for content, `undefined` for a shape that is none. */
  placeholder: string | undefined;
  readonly blocks: FoundBlock[];
}

interface Paragraph {
  level: number;
  marker: "none" | "bullet" | "number" | undefined;
  readonly pieces: string[];
}

/** Placeholders that repeat on each slide. */
const repeatedPlaceholders: ReadonlySet<string> = new Set(["dt", "ftr", "hdr", "sldNum", "sldImg"]);

/**
 * Collects the shapes of one slide, or of its notes: the title first, then shapes in the order of the file, which is
 * the order of drawing and of screen readers. Groups are transparent.
 */
export class SlideText implements XmlHandler {
  title: string | undefined;
  isHidden = false;
  /** Charts and diagrams on the slide, by the ids of their relationships, each after the blocks before it. */
  readonly parts: { readonly id: string; readonly after: number }[] = [];
  readonly blocks: FoundBlock[] = [];
  readonly #onlyPlaceholder: string | undefined;
  readonly #charactersMax: number;
  #characters = 0;
  #shape: Shape = { placeholder: undefined, blocks: [] };
  #paragraph: Paragraph | undefined;
  #table: SlideTable | undefined;
  #isText = false;
  #fallbacks = 0;
  #number = 0;

  /** `onlyPlaceholder` is `body` for notes, whose other shapes show the slide again. */
  constructor(charactersMax: number, onlyPlaceholder?: string) {
    this.#charactersMax = charactersMax;
    this.#onlyPlaceholder = onlyPlaceholder;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === "mc:Fallback") this.#fallbacks += 1;
    if (this.#fallbacks > 0) return;
    if (name === "p:sld") this.isHidden = /^(?:0|false)$/u.test(attributes.show ?? "");
    else if (name === "p:sp") this.#shape = { placeholder: undefined, blocks: [] };
    else if (name === "p:ph") this.#shape.placeholder = attributes.type ?? "";
    else if (name === "a:tbl") this.#table = new SlideTable(this.#charactersMax);
    else if (name === "a:tr") this.#table?.openRow();
    else if (name === "a:tc") this.#table?.openCell(isOn(attributes.hMerge), isOn(attributes.vMerge));
    else if (name === "a:t") this.#isText = true;
    else if (name === "c:chart" || name === "dgm:relIds") this.#addPart(attributes["r:id"] ?? attributes["r:dm"]);
    else this.#openInParagraph(name, attributes);
  }

  text(text: string): void {
    if (!this.#isText) return;
    this.#characters += text.length;
    refuseLongText(this.#characters, this.#charactersMax);
    this.#paragraph?.pieces.push(text);
  }

  close(name: string): void {
    if (name === "mc:Fallback") this.#fallbacks -= 1;
    if (this.#fallbacks > 0) return;
    if (name === "a:t") this.#isText = false;
    else if (name === "a:p") this.#closeParagraph();
    else if (name === "a:tr") this.#table?.closeRow();
    else if (name === "a:tbl") this.#closeTable();
    else if (name === "p:sp") this.#closeShape();
  }

  #openInParagraph(name: string, attributes: XmlAttributes): void {
    if (name === "a:p") this.#paragraph = { level: 0, marker: undefined, pieces: [] };
    const paragraph = this.#paragraph;
    if (paragraph === undefined) return;
    if (name === "a:pPr") paragraph.level = Math.max(0, Math.min(8, Number.parseInt(attributes.lvl ?? "0", 10) || 0));
    else if (name === "a:buNone") paragraph.marker = "none";
    else if (name === "a:buChar" || name === "a:buBlip") paragraph.marker = "bullet";
    else if (name === "a:buAutoNum") paragraph.marker = "number";
    else if (name === "a:br") paragraph.pieces.push("\n");
    else if (name === "a:tab") paragraph.pieces.push("\t");
  }

  #addPart(id: string | undefined): void {
    if (id !== undefined) this.parts.push({ id, after: this.blocks.length });
  }

  #closeParagraph(): void {
    const paragraph = this.#paragraph;
    this.#paragraph = undefined;
    if (paragraph === undefined) return;
    const text = paragraph.pieces.join("").trim();
    if (this.#table !== undefined) this.#table.addText(text);
    else if (text !== "") this.#shape.blocks.push(this.#toBlock(paragraph, text));
  }

  /** Content placeholders have bullets by their layout, unless a paragraph says that it has none. */
  #toBlock({ level, marker }: Paragraph, text: string): FoundBlock {
    const isContent = this.#shape.placeholder === "" && this.#onlyPlaceholder === undefined;
    const shown = marker ?? (isContent || level > 0 ? "bullet" : "none");
    this.#number = shown === "number" ? this.#number + 1 : 0;
    if (shown === "none") return { kind: "paragraph", text };
    return { kind: "list_item", text: `${"  ".repeat(level)}${shown === "number" ? `${this.#number}.` : "-"} ${text}` };
  }

  #closeTable(): void {
    if (this.#table !== undefined && this.#onlyPlaceholder === undefined)
      this.blocks.push(...tableBlocks(this.#table.rows));
    this.#table = undefined;
  }

  #closeShape(): void {
    const { placeholder, blocks } = this.#shape;
    this.#shape = { placeholder: undefined, blocks: [] };
    this.#number = 0;
    if (placeholder !== undefined && repeatedPlaceholders.has(placeholder)) return;
    if (this.#onlyPlaceholder !== undefined && placeholder !== this.#onlyPlaceholder) return;
    const isTitle = placeholder === "title" || placeholder === "ctrTitle";
    if (isTitle && this.title === undefined && blocks.length > 0) {
      this.title = blocks.map(({ text }) => joinedLines(text)).join(" ");
    } else this.blocks.push(...blocks);
  }
}

function isOn(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
