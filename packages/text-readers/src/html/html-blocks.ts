import type { BlockKind } from "@larder/contracts";
import { toHeadingTitle } from "@larder/text-blocks";
import { depthMax } from "./depth-capped-parser.ts";
import {
  blockElements,
  boilerplateElements,
  boilerplateRoles,
  droppedElements,
  isHidden,
  isHiddenFromSight,
  layoutContents,
} from "./element-rules.ts";
import { HtmlTable } from "./html-table.ts";

export interface FoundBlock {
  readonly kind: BlockKind;
  readonly text: string;
  /** 1 … 6 for headings. */
  readonly level?: number;
  readonly separator: string;
  readonly columns?: readonly string[];
  readonly area: "main" | "body" | "boilerplate";
}

/** An open element that changes how the text inside it is read. Plain ones are only counted. */
interface Scope {
  readonly name: string;
  readonly depth: number;
  readonly kind?: BlockKind;
  readonly level?: number;
  readonly isBoilerplate?: boolean;
  readonly isMain?: boolean;
  readonly isPre?: boolean;
  readonly table?: HtmlTable;
  readonly list?: { next: number | undefined };
}

/** Collects the blocks of a page from the events of a streaming parser; opens and closes must be balanced. */
export class HtmlBlocks {
  readonly blocks: FoundBlock[] = [];
  title = "";
  isTooDeep = false;
  #depth = 0;
  /** Characters of elements that a reader of the page does not see, white space left out. */
  hiddenCharacters = 0;
  /** Depth of the outermost dropped element, while inside one. */
  #droppedAt: number | undefined;
  #isDroppedHidden = false;
  #scopes: Scope[] = [];
  #pieces: string[] = [];
  /** Whether the pieces hold white space only; kept, since to join them for each link would be quadratic. */
  #isBlank = true;
  #titlePieces: string[] | undefined;
  #marker = "";
  /** Number of pieces after a link to the same page in another language that began the item. */
  #languageLinkEnd: number | undefined;

  get isDropping(): boolean {
    return this.#droppedAt !== undefined;
  }

  openElement(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (this.isDropping) return;
    const isRoot = name === "html" || name === "body";
    if (
      droppedElements.has(name) ||
      (isHidden(attributes) && !isRoot) ||
      (name === "dialog" && attributes.open === undefined)
    ) {
      this.#droppedAt = this.#depth;
      this.#isDroppedHidden = !droppedElements.has(name) && isHiddenFromSight(attributes);
      return;
    }
    if (name === "a" && attributes.hreflang !== undefined && this.#isBlank) {
      this.#languageLinkEnd = Number.POSITIVE_INFINITY;
    }
    if (name === "br") this.#pieces.push(this.#isPre ? "\n" : "\u2028");
    if (name === "wbr" || !blockElements.has(name)) return;
    if (this.#depth > depthMax) {
      this.isTooDeep = true;
      this.#pieces.push(" ");
      return;
    }
    this.#openBlock(name, attributes);
  }

  closeElement(name: string): void {
    if (this.#droppedAt === this.#depth) this.#droppedAt = undefined;
    else if (!this.isDropping && this.#depth <= depthMax && blockElements.has(name)) this.#closeBlock(name);
    if (name === "a" && this.#languageLinkEnd !== undefined) this.#languageLinkEnd = this.#pieces.length;
    this.#depth -= 1;
  }

  addText(text: string): void {
    if (this.isDropping) {
      if (this.#isDroppedHidden) this.hiddenCharacters += text.replace(/\s+/gu, "").length;
      return;
    }
    (this.#titlePieces ?? this.#pieces).push(text);
    if (this.#titlePieces === undefined) this.#isBlank &&= text.trim() === "";
  }

  finish(): void {
    this.#flush();
    for (const scope of this.#scopes.toReversed()) this.#emitTable(scope.table);
    this.#scopes = [];
  }

  get #isPre(): boolean {
    return this.#scopes.some((scope) => scope.isPre === true);
  }

  get #table(): HtmlTable | undefined {
    return this.#scopes.findLast((scope) => scope.table !== undefined)?.table;
  }

  #openBlock(name: string, attributes: Readonly<Record<string, string>>): void {
    const table = this.#table;
    if (table?.isData === true && layoutContents.has(name) && table.isInCell) {
      this.#emitTable(table); // what came before is kept as rows, the rest is read as flowing text
      table.becomeLayout();
    }
    if (name === "title" && this.title === "" && this.#titlePieces === undefined) this.#titlePieces = [];
    this.#flush();
    if (table?.isData === true && (name === "tr" || name === "td" || name === "th")) table.open(name, attributes);
    const scope = toScope(name, this.#depth, attributes);
    if (scope !== undefined) this.#scopes.push(scope);
    if (name === "li") this.#marker = this.#nextMarker();
  }

  #closeBlock(name: string): void {
    if (name === "title" && this.#titlePieces !== undefined) {
      this.title = toHeadingTitle(this.#titlePieces.join(""));
      this.#titlePieces = undefined;
    }
    this.#flush();
    const scope = this.#scopes.at(-1);
    if (scope?.depth !== this.#depth) return;
    this.#scopes.pop();
    this.#emitTable(scope.table);
    if (name === "li") this.#marker = "";
  }

  #nextMarker(): string {
    const lists = this.#scopes.filter((scope) => scope.list !== undefined);
    const list = lists.at(-1)?.list;
    const indent = "  ".repeat(Math.max(0, Math.min(lists.length, 8) - 1));
    if (list?.next === undefined) return `${indent}- `;
    list.next += 1;
    return `${indent}${list.next - 1}. `;
  }

  /** Ends the piece of text that was being collected: a table's cell or a block of its own. */
  #flush(): void {
    const raw = this.#pieces.join("");
    const isLanguageLink =
      this.#languageLinkEnd !== undefined && this.#pieces.slice(this.#languageLinkEnd).join("").trim() === "";
    this.#languageLinkEnd = undefined;
    this.#pieces = [];
    this.#isBlank = true;
    if (raw === "") return;
    const isPre = this.#isPre;
    const text = isPre ? raw : collapse(raw);
    if (text.trim() === "") return;
    const table = this.#table;
    if (table?.isData === true && table.isInCell) {
      table.addText(text);
      return;
    }
    const scope = this.#scopes.findLast(({ kind }) => kind !== undefined);
    const kind = isPre ? "code" : (scope?.kind ?? "paragraph");
    const marker = kind === "list_item" ? this.#marker : "";
    const previous = this.blocks.at(-1)?.kind;
    const isNextItem = kind === "list_item" && previous === "list_item";
    const separator = isNextItem ? "\n" : "\n\n";
    const isChoiceOfLanguage = isLanguageLink && kind === "list_item";
    if (isChoiceOfLanguage) this.blocks.push({ kind, text: marker + text, separator, area: "boilerplate" });
    else this.#emit(kind, marker + text, separator, scope?.level);
    if (marker !== "") this.#marker = "";
  }

  #emitTable(table: HtmlTable | undefined): void {
    const rows = table?.takeRows();
    if (rows !== undefined && rows.text !== "") this.#emit(rows.kind, rows.text, "\n\n", undefined, rows.columns);
  }

  #emit(kind: BlockKind, text: string, separator: string, level?: number, columns?: readonly string[]): void {
    const isBoilerplate = this.#scopes.some((scope) => scope.isBoilerplate === true);
    const isMain = this.#scopes.some((scope) => scope.isMain === true);
    const area = isBoilerplate ? "boilerplate" : isMain ? "main" : "body";
    const more = {
      ...(kind === "heading" && level !== undefined ? { level } : {}),
      ...(columns === undefined ? {} : { columns }),
    };
    const parts = kind === "paragraph" ? text.split(/\n[^\S\n]*\n\s*/u) : [text]; // two breaks part paragraphs
    for (const part of parts) this.blocks.push({ kind, text: part, separator, area, ...more });
  }
}

function toScope(name: string, depth: number, attributes: Readonly<Record<string, string>>): Scope | undefined {
  const role = attributes.role?.toLowerCase() ?? "";
  const area = {
    ...(boilerplateElements.has(name) || boilerplateRoles.has(role) ? { isBoilerplate: true } : {}),
    ...(name === "main" || role === "main" ? { isMain: true } : {}),
  };
  const level = /^h([1-6])$/u.exec(name)?.[1];
  if (level !== undefined) return { name, depth, ...area, kind: "heading", level: Number(level) };
  if (name === "table") return { name, depth, ...area, table: new HtmlTable() };
  if (name === "pre") return { name, depth, ...area, isPre: true };
  if (name === "blockquote") return { name, depth, ...area, kind: "quote" };
  if (name === "li" || name === "dt" || name === "dd") return { name, depth, ...area, kind: "list_item" };
  if (name === "ul" || name === "menu" || name === "dir") return { name, depth, ...area, list: { next: undefined } };
  if (name === "ol") return { name, depth, ...area, list: { next: Number.parseInt(attributes.start ?? "1", 10) || 1 } };
  return area.isBoilerplate === true || area.isMain === true ? { name, depth, ...area } : undefined;
}

/** White space as a browser shows it; U+2028 stands for `<br>`. */
function collapse(raw: string): string {
  const collapsed = raw.replace(/[\t\n\f\r ]+/gu, " ");
  return collapsed.replace(/ ?\u2028 ?/gu, "\n").replace(/^ | $/gu, "");
}
