import type { ParseLimits } from "@larder/text-blocks";
import { oneLine } from "@larder/text-blocks";
import type { FoundBlock } from "../document-text.ts";
import { tableBlocks } from "../document-text.ts";
import type { PptRecord } from "./ppt-records.ts";
import { recordsIn } from "./ppt-records.ts";
import type { TableShape } from "./ppt-table.ts";
import { rowsOf } from "./ppt-table.ts";

const textHeaderType = 0x0f9f;
const wideTextType = 0x0fa0;
const narrowTextType = 0x0fa8;
const outlineTextType = 0x0f9e;
const textBoxType = 0xf00d;
const groupType = 0xf003;
const shapeType = 0xf004;
const furtherPropertiesType = 0xf122;
const childAnchorType = 0xf00f;
const tableProperty = 0x039f;
const otherKind = 4;
const containerTypes: ReadonlySet<number> = new Set([0x040c, 0xf002, groupType, shapeType]);
/** Titles, and titles of the first slide. */
const titleKinds: ReadonlySet<number> = new Set([0, 6]);
const bodyKinds: ReadonlySet<number> = new Set([1, 7, 8]);
export const notesKind = 2;

export interface PptText {
  readonly kind: number;
  readonly text: string;
  /** Of a table, which has no other text. */
  readonly rows?: readonly (readonly string[])[];
}

/** Groups in groups deeper than this are left out. */
const depthMax = 64;

/** Texts of a slide's shapes in their order; those of its placeholders may be kept in the outline of the document. */
export function textsOf(
  slide: PptRecord,
  outline: readonly PptText[],
  { textCharactersMax }: ParseLimits,
): readonly PptText[] {
  const found: PptText[] = [];
  const walk = (content: Buffer, depth: number): void => {
    for (const record of recordsIn(content)) {
      const rows = record.type === groupType ? tableRows(record.content, textCharactersMax) : undefined;
      if (rows !== undefined) found.push({ kind: otherKind, text: "", rows });
      else if (record.type === textBoxType) found.push(...readTexts(record.content, outline));
      else if (containerTypes.has(record.type) && depth < depthMax) walk(record.content, depth + 1);
    }
  };
  walk(slide.content, 0);
  return found.length === 0 ? outline : found;
}

/** Of a group that its properties call a table ([MS-ODRAW], 2.3.4.37); `undefined` for any other. */
function tableRows(group: Buffer, charactersMax: number): readonly (readonly string[])[] | undefined {
  const shapes = recordsIn(group).filter(({ type }) => type === shapeType);
  const properties = recordsIn(shapes[0]?.content ?? Buffer.alloc(0)).find(
    ({ type }) => type === furtherPropertiesType,
  );
  return properties !== undefined && isTable(properties.content)
    ? rowsOf(shapes.slice(1).flatMap(toTableShape), charactersMax)
    : undefined;
}

function isTable(properties: Buffer): boolean {
  for (let at = 0; at + 6 <= properties.length; at += 6) {
    const isFound = (properties.readUInt16LE(at) & 0x3fff) === tableProperty;
    if (isFound) return (properties.readUInt32LE(at + 2) & 1) !== 0;
  }
  return false;
}

function toTableShape({ content }: PptRecord): readonly TableShape[] {
  const records = recordsIn(content);
  const anchor = records.find(({ type, content: place }) => type === childAnchorType && place.length >= 16)?.content;
  if (anchor === undefined) return [];
  const box = records.find(({ type }) => type === textBoxType);
  const texts = box === undefined ? [] : readTexts(box.content);
  const [left = 0, top = 0, right = 0, bottom = 0] = [0, 4, 8, 12].map((at) => anchor.readInt32LE(at));
  return [{ left, top, right, bottom, text: texts.map(({ text }) => text.replaceAll("\r", "\n")).join("\n") }];
}

/** A header says what the text after it is for. */
export function readTexts(content: Buffer, outline: readonly PptText[] = []): readonly PptText[] {
  const found: PptText[] = [];
  let kind = otherKind;
  for (const record of recordsIn(content)) {
    if (record.type === textHeaderType && record.content.length >= 4) kind = record.content.readUInt32LE(0);
    else if (record.type === wideTextType) found.push({ kind, text: record.content.toString("utf16le") });
    else if (record.type === narrowTextType) found.push({ kind, text: record.content.toString("latin1") });
    else if (record.type === outlineTextType && record.content.length >= 4) {
      const referred = outline[record.content.readUInt32LE(0)];
      if (referred !== undefined) found.push(referred);
    }
  }
  return found;
}

export function toBlocks(texts: readonly PptText[]): readonly FoundBlock[] {
  const title = texts.find(({ kind, text }) => titleKinds.has(kind) && text.trim() !== "");
  const blocks: FoundBlock[] = title === undefined ? [] : [{ kind: "heading", level: 1, text: oneLine(title.text) }];
  for (const entry of texts) {
    if (entry === title) continue;
    if (entry.rows !== undefined) blocks.push(...tableBlocks(entry.rows));
    for (const paragraph of entry.text.split("\r")) {
      const text = paragraph.replaceAll("\u000b", "\n").trim();
      if (text === "" || text === "*") continue; // the star stands for a slide's number or date
      blocks.push(bodyKinds.has(entry.kind) ? { kind: "list_item", text: `- ${text}` } : { kind: "paragraph", text });
    }
  }
  return blocks;
}
