import type { XmlAttributes, XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";
import type { DocumentText, FoundBlock } from "../document-text.ts";
import { joinedLines, tableBlocks } from "../document-text.ts";
import type { OdfStyles } from "./odf-styles.ts";
import { OdfTable } from "./odf-table.ts";

interface Paragraph {
  readonly level: number | undefined;
  readonly pieces: string[];
  readonly after: FoundBlock[];
}

type Flow =
  | { readonly kind: "body" | "box" | "note" | "comment" | "notes"; readonly blocks: FoundBlock[]; author: string }
  | { readonly kind: "table"; readonly table: OdfTable };

const droppedElements: ReadonlySet<string> = new Set([
  "office:binary-data",
  "presentation:date-time",
  "presentation:footer",
  "table:shapes",
  "text:hidden-paragraph",
  "text:hidden-text",
  "text:note-citation",
  "text:page-number",
  "text:ruby-text",
  "text:tracked-changes",
]);

const flowOf: ReadonlyMap<string, "box" | "note" | "comment" | "notes"> = new Map([
  ["draw:text-box", "box"],
  ["text:note-body", "note"],
  ["office:annotation", "comment"],
  ["presentation:notes", "notes"],
]);

/** More spaces in a row than this are layout. */
const spacesMax = 100;

/** Reads `office:body` of a text document or a presentation in its order and writes blocks. */
export class OdfBody implements XmlHandler {
  readonly #text: DocumentText;
  readonly #styles: OdfStyles;
  readonly #charactersMax: number;
  readonly #flows: Flow[] = [{ kind: "body", blocks: [], author: "" }];
  readonly #paragraphs: Paragraph[] = [];
  readonly #lists: { readonly style: string | undefined; items: number; isMarked: boolean }[] = [];
  /** Of the frames around: whether what is in them is a slide's title. */
  readonly #frames: boolean[] = [];
  readonly #hiddenSpans: boolean[] = [];
  #depth = 0;
  #droppedAt: number | undefined;
  #isCreator = false;
  #isMeta = false;
  #notes = 0;
  #characters = 0;

  constructor(text: DocumentText, styles: OdfStyles, charactersMax: number) {
    this.#text = text;
    this.#styles = styles;
    this.#charactersMax = charactersMax;
  }

  open(name: string, attributes: XmlAttributes): void {
    this.#depth += 1;
    if (this.#droppedAt !== undefined) return;
    const flow = flowOf.get(name);
    if (droppedElements.has(name)) this.#droppedAt = this.#depth;
    else if (flow !== undefined) this.#flows.push({ kind: flow, blocks: [], author: "" });
    else if (name === "table:table") this.#flows.push({ kind: "table", table: new OdfTable(this.#charactersMax) });
    else if (name === "text:p" || name === "text:h") this.#openParagraph(name, attributes);
    else if (name === "text:list") this.#openList(attributes);
    else if (name === "text:list-item" || name === "text:list-header") this.#openItem(name === "text:list-item");
    else if (name === "text:span") this.#hiddenSpans.push(this.#styles.isHidden(attributes["text:style-name"]));
    else if (name === "draw:frame") this.#frames.push(attributes["presentation:class"] === "title");
    else if (name === "draw:page") this.#text.startPage();
    else this.#openSmall(name, attributes);
  }

  text(text: string): void {
    if (this.#droppedAt !== undefined) return;
    const flow = this.#flows.at(-1);
    if (this.#isCreator && flow !== undefined && flow.kind !== "table") flow.author += text.slice(0, 200);
    const paragraph = this.#paragraphs.at(-1);
    if (paragraph === undefined || this.#isMeta) return;
    if (this.#hiddenSpans.includes(true)) {
      this.#text.warn("hidden_text", "text that is formatted as hidden was left out");
      return;
    }
    this.#characters += text.length;
    refuseLongText(this.#characters, this.#charactersMax);
    paragraph.pieces.push(text.replace(/[\t\n\r ]+/gu, " "));
  }

  close(name: string): void {
    if (this.#droppedAt === this.#depth) this.#droppedAt = undefined;
    else if (this.#droppedAt === undefined) this.#close(name);
    this.#depth -= 1;
  }

  #openSmall(name: string, attributes: XmlAttributes): void {
    const pieces = this.#paragraphs.at(-1)?.pieces;
    const flow = this.#flows.at(-1);
    if (name.startsWith("dc:")) {
      this.#isMeta = true;
      this.#isCreator = name === "dc:creator" && flow?.kind === "comment";
    } else if (name === "text:s") {
      const spaces = Number.parseInt(attributes["text:c"] ?? "1", 10) || 1;
      pieces?.push(" ".repeat(Math.max(0, Math.min(spacesMax, spaces))));
    } else if (name === "text:tab") pieces?.push("\t");
    else if (name === "text:line-break") pieces?.push("\n");
    else if (flow?.kind !== "table") return;
    else if (name === "table:table-row") flow.table.openRow(attributes);
    else if (name === "table:table-cell") flow.table.openCell(attributes, false);
    else if (name === "table:covered-table-cell") flow.table.openCell(attributes, true);
  }

  #openParagraph(name: string, attributes: XmlAttributes): void {
    const style = attributes["text:style-name"];
    const outline = Math.min(10, Number.parseInt(attributes["text:outline-level"] ?? "1", 10) || 1);
    const isTitle = this.#styles.isTitle(style) || this.#frames.includes(true);
    this.#hiddenSpans.push(this.#styles.isHidden(style));
    this.#paragraphs.push({ level: name === "text:h" ? outline : isTitle ? 0 : undefined, pieces: [], after: [] });
  }

  #openList(attributes: XmlAttributes): void {
    const style = attributes["text:style-name"] ?? this.#lists.at(-1)?.style;
    this.#lists.push({ style, items: 0, isMarked: true });
  }

  #openItem(isCounted: boolean): void {
    const list = this.#lists.at(-1);
    if (list === undefined) return;
    if (isCounted) list.items += 1;
    list.isMarked = !isCounted;
  }

  #close(name: string): void {
    if (name === "text:p" || name === "text:h") this.#closeParagraph();
    else if (name === "text:span") this.#hiddenSpans.pop();
    else if (name === "text:list") this.#lists.pop();
    else if (name === "draw:frame") this.#frames.pop();
    else if (name === "table:table" || flowOf.has(name)) this.#closeFlow();
    else if (name.startsWith("dc:")) {
      this.#isCreator = false;
      this.#isMeta = false;
    } else if (name === "table:table-row") {
      const flow = this.#flows.at(-1);
      if (flow?.kind === "table") flow.table.closeRow();
    }
  }

  #closeParagraph(): void {
    this.#hiddenSpans.pop();
    const paragraph = this.#paragraphs.pop();
    if (paragraph === undefined) return;
    const text = paragraph.pieces.join("").trim();
    if (text !== "") this.#add(this.#toBlock(paragraph.level, text));
    for (const block of paragraph.after) this.#add(block);
  }

  #toBlock(level: number | undefined, text: string): FoundBlock {
    if (level !== undefined) return { kind: "heading", level, text: joinedLines(text) };
    const list = this.#lists.at(-1);
    if (list === undefined) return { kind: "paragraph", text };
    const depth = this.#lists.length;
    const marker = this.#styles.isNumbered(list.style, depth) ? `${list.items}. ` : "- ";
    const shown = list.isMarked ? "" : marker; // further paragraphs of one item have none
    list.isMarked = true;
    return { kind: "list_item", text: "  ".repeat(Math.min(8, depth - 1)) + shown + text };
  }

  #closeFlow(): void {
    const flow = this.#flows.pop();
    if (flow === undefined) return;
    const holder = this.#paragraphs.at(-1);
    for (const block of this.#blocksOf(flow, holder)) {
      if (holder === undefined) this.#add(block);
      else holder.after.push(block);
    }
  }

  #blocksOf(flow: Flow, holder: Paragraph | undefined): readonly FoundBlock[] {
    if (flow.kind === "table") return tableBlocks(flow.table.rows);
    if (flow.kind === "box") return flow.blocks;
    const text = flow.blocks.map((block) => block.text).join("\n");
    if (text === "") return [];
    if (flow.kind === "notes") return [{ kind: "paragraph", text, under: "Notes" }];
    if (flow.kind === "comment") {
      const by = flow.author.trim() === "" ? "" : `${flow.author.trim()}: `;
      return [{ kind: "quote", text: by + text, under: "Comments" }];
    }
    this.#notes += 1;
    holder?.pieces.push(`[^${this.#notes}]`);
    return [{ kind: "paragraph", text: `[^${this.#notes}]: ${text}` }];
  }

  #add(block: FoundBlock): void {
    const flow = this.#flows.at(-1);
    if (flow?.kind === "table") flow.table.addText(block.text.trim());
    else if (flow !== undefined && flow.kind !== "body") flow.blocks.push(block);
    else {
      this.#text.add(block);
      this.#characters = 0;
    }
  }
}
