import type { FoundBlock } from "../document-text.ts";
import { joinedLines } from "../document-text.ts";
import type { DocxNumbering } from "./docx-numbering.ts";
import type { DocxStyle } from "./docx-styles.ts";

/** A paragraph while it is read. Its properties come before its text. */
export interface DocxParagraph {
  styleId: string | undefined;
  outlineLevel: number | undefined;
  listId: string | undefined;
  listLevel: number | undefined;
  readonly pieces: string[];
  /** Text boxes and notes that hang on it. */
  readonly after: FoundBlock[];
}

export function emptyParagraph(): DocxParagraph {
  return {
    styleId: undefined,
    outlineLevel: undefined,
    listId: undefined,
    listLevel: undefined,
    pieces: [],
    after: [],
  };
}

/** Level of the title of the whole document, above its headings. */
const titleLevel = 0;
const bodyOutlineLevel = 9;
/** Word's list id for “in no list”. */
const noList = "0";

/** The paragraph as a block, with its number in front where Word prints one. */
export function toBlock(paragraph: DocxParagraph, style: DocxStyle, numbering: DocxNumbering): FoundBlock | undefined {
  const text = paragraph.pieces.join("");
  if (text.trim() === "") return undefined;
  const listId = paragraph.listId ?? style.listId;
  const listLevel = paragraph.listLevel ?? style.listLevel ?? 0;
  const number = listId === undefined || listId === noList ? undefined : numbering.next(listId, listLevel);
  const outlineLevel = paragraph.outlineLevel ?? style.outlineLevel ?? bodyOutlineLevel;
  if (style.name === "title") return { kind: "heading", level: titleLevel, text };
  if (outlineLevel < bodyOutlineLevel) {
    const prefix = number === undefined || number === "" || number === "-" ? "" : `${number} `;
    return { kind: "heading", level: outlineLevel + 1, text: joinedLines(prefix + text.trim()) };
  }
  if (number !== undefined) {
    const marker = number === "" ? "" : `${number} `;
    return { kind: "list_item", text: "  ".repeat(Math.min(listLevel, 8)) + marker + text.trim() };
  }
  if (/^(?:intense )?quote/u.test(style.name)) return { kind: "quote", text };
  return { kind: /^(?:html preformatted|macro|source code|code)\b/u.test(style.name) ? "code" : "paragraph", text };
}
