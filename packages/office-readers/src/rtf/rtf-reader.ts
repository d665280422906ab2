import type { BlockKind } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { BlockWriter } from "@larder/text-blocks";
import { HeadingPath, hasHeaderRow, markdownTable, refuseLongText, toHeadingTitle } from "@larder/text-blocks";
import { decodeCodePage } from "../decode-code-page.ts";
import type { OpenStyle, RtfGroup, RtfParagraph } from "./rtf-state.ts";
import { levelOfName, outermostGroup, plainParagraph } from "./rtf-state.ts";
import type { RtfHandler } from "./rtf-tokens.ts";
import { characters, charsetPages, knownDestinations, skippedGroups } from "./rtf-words.ts";

/** Groups open at the same time. Word writes a few dozen. Chosen arbitrarily. */
const groupsMax = 10_000;

/** Writes the paragraphs and tables of a document as its tokens come. */
export class RtfReader implements RtfHandler {
  title = "";
  readonly #writer: BlockWriter;
  readonly #charactersMax: number;
  readonly #path = new HeadingPath();
  readonly #groups: RtfGroup[] = [];
  readonly #fontPages = new Map<number, number>();
  readonly #styleLevels = new Map<number, number>();
  #group: RtfGroup = { ...outermostGroup };
  #paragraph: RtfParagraph = { ...plainParagraph };
  #style: OpenStyle = { number: 0, level: 0, name: "" };
  #page = 1252;
  /** Bytes not yet decoded: a character may take two that come one by one. */
  #bytes = "";
  #text: string[] = [];
  #length = 0;
  #skipUnits = 0;
  #cells: string[] = [];
  #rows: string[][] = [];

  constructor(writer: BlockWriter, charactersMax: number) {
    this.#writer = writer;
    this.#charactersMax = charactersMax;
  }

  open(): void {
    this.#decode();
    if (this.#groups.length >= groupsMax) {
      throw new LarderError("DOCUMENT_MALFORMED", { details: { container: "rtf", problem: "depth" } });
    }
    this.#groups.push(this.#group);
    this.#group = { ...this.#group, isOptional: false };
    this.#skipUnits = 0;
  }

  close(): void {
    this.#decode();
    this.#skipUnits = 0;
    if (this.#group.part === "styles") this.#endStyle();
    this.#group = this.#groups.pop() ?? this.#group;
  }

  text(bytes: string): void {
    const skipped = Math.min(this.#skipUnits, bytes.length);
    this.#skipUnits -= skipped;
    this.#take(bytes.slice(skipped));
  }

  byte(value: string): void {
    this.text(value);
  }

  word(name: string, value: number | undefined): void {
    const group = this.#group;
    if (name === "*") {
      group.isOptional = true;
      return;
    }
    if (skippedGroups.has(name) || (group.isOptional && !knownDestinations.has(name))) group.isSkipped = true;
    group.isOptional = false;
    if (group.isSkipped) return;
    this.#decode();
    this.#skipUnits = 0;
    const character = characters.get(name) ?? symbolOf(name);
    if (name === "u") this.#addUnicode(value ?? 0);
    else if (character !== undefined) this.#add(character);
    else if (group.part !== "text" || partOf(name) !== undefined) this.#wordOfTable(name, value);
    else this.#wordOfText(name, value);
  }

  finish(): void {
    this.#decode();
    this.#endParagraph();
    this.#endTable();
  }

  #wordOfText(name: string, value: number | undefined): void {
    const paragraph = this.#paragraph;
    switch (name) {
      case "par":
      case "sect":
      case "page":
        if (paragraph.isInTable && name === "par") this.#add("\n");
        else this.#endParagraph();
        return;
      case "pard":
        this.#paragraph = { ...plainParagraph };
        return;
      case "s":
        paragraph.level = this.#styleLevels.get(value ?? 0) ?? 0;
        return;
      case "outlinelevel":
        paragraph.level = value !== undefined && value < 9 ? value + 1 : 0;
        return;
      case "intbl":
        paragraph.isInTable = true;
        return;
      case "listtext":
      case "pntext":
        paragraph.isListItem = true;
        return;
      case "cell":
      case "nestcell":
        this.#cells.push(this.#takeText());
        return;
      case "row":
      case "nestrow":
        this.#rows.push(this.#cells.splice(0));
        return;
      case "plain":
        this.#group.isHidden = false;
        return;
      case "v":
        this.#group.isHidden = value !== 0;
        return;
      default:
        this.#wordOfFont(name, value);
    }
  }

  #wordOfFont(name: string, value: number | undefined): void {
    if (name === "f") this.#group.font = value ?? -1;
    else if (name === "uc") this.#group.standIns = Math.min(16, Math.max(0, value ?? 1));
    else if (name === "ansicpg" && value !== undefined) this.#page = value;
    else if (name === "mac") this.#page = 10000;
    else if (name === "pc") this.#page = 437;
    else if (name === "pca") this.#page = 850;
  }

  /** Words in the tables at the beginning of a document. */
  #wordOfTable(name: string, value: number | undefined): void {
    this.#group.part = partOf(name) ?? this.#group.part;
    const { part, font } = this.#group;
    if (part === "fonts") {
      if (name === "f") this.#group.font = value ?? -1;
      const page = name === "cpg" ? value : name === "fcharset" ? charsetPages.get(value ?? -1) : undefined;
      if (page !== undefined) this.#fontPages.set(font, page);
    } else if (part === "styles") {
      if (name === "s") this.#style.number = value ?? 0;
      if (name === "outlinelevel" && value !== undefined && value < 9) this.#style.level = value + 1;
    }
  }

  #endStyle(): void {
    const { number, level, name } = this.#style;
    const found = level === 0 ? levelOfName(name) : level;
    if (found > 0 && !this.#styleLevels.has(number)) this.#styleLevels.set(number, found);
    this.#style = { number: 0, level: 0, name: "" };
  }

  /** `\u` names a UTF-16 code unit as a signed number; what stands in for it where it is unknown is passed over. */
  #addUnicode(value: number): void {
    this.#add(String.fromCharCode(value & 0xffff));
    this.#skipUnits = this.#group.standIns;
  }

  #take(bytes: string): void {
    if (!this.#group.isSkipped && this.#group.part !== "fonts" && this.#group.part !== "info") this.#bytes += bytes;
  }

  #decode(): void {
    if (this.#bytes === "") return;
    const bytes = Buffer.from(this.#bytes, "latin1");
    this.#bytes = "";
    const page = this.#fontPages.get(this.#group.font) ?? this.#page;
    this.#add(decodeCodePage(bytes, page));
  }

  #add(text: string): void {
    const { part, isHidden, isSkipped } = this.#group;
    if (part === "styles") this.#style.name += text.slice(0, 200);
    if (part === "title") this.title += text.slice(0, 1_000);
    if (part !== "text" || isHidden || isSkipped) return;
    this.#text.push(text);
    this.#length += text.length;
    refuseLongText(this.#length, this.#charactersMax);
  }

  #takeText(): string {
    return this.#text.splice(0).join("");
  }

  #endParagraph(): void {
    this.#endTable();
    const text = this.#takeText();
    const { level, isListItem } = this.#paragraph;
    if (text.trim() !== "") {
      const headings = level > 0 ? this.#path.enter(level, text) : this.#path.titles;
      const kind: BlockKind = level > 0 ? "heading" : isListItem ? "list_item" : "paragraph";
      this.#writer.write(kind, text.trim(), headings, "\n\n");
    }
    this.#paragraph.isListItem = false;
  }

  #endTable(): void {
    if (this.#cells.length > 0) this.#rows.push(this.#cells.splice(0));
    const rows = this.#rows.splice(0);
    if (rows.length === 0) return;
    const columns = hasHeaderRow(rows) ? (rows[0] ?? []).map(toHeadingTitle) : undefined;
    this.#writer.write("table", markdownTable(rows), this.#path.titles, "\n\n", columns);
  }
}

function partOf(name: string): RtfGroup["part"] | undefined {
  if (name === "fonttbl") return "fonts";
  if (name === "stylesheet") return "styles";
  if (name === "title") return "title";
  return name === "info" ? "info" : undefined;
}

function symbolOf(name: string): string | undefined {
  if (name === "~") return "\u00A0";
  if (name === "_") return "\u2011";
  return name === "\\" || name === "{" || name === "}" ? name : undefined;
}
