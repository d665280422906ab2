import { openCompoundFile } from "@larder/compound-file";
import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import { DocumentText } from "../document-text.ts";
import { refuseDamage } from "../legacy-errors.ts";
import { PptDirectory } from "./ppt-directory.ts";
import type { PptRecord } from "./ppt-records.ts";
import { malformedPpt, pptMediaType, recordsIn } from "./ppt-records.ts";
import type { PptText } from "./ppt-slide.ts";
import { notesKind, readTexts, textsOf, toBlocks } from "./ppt-slide.ts";

const slideListType = 0x0ff0;
const slidePlaceType = 0x03f3;
const notesAtomType = 0x03f1;
const slidesInstance = 0;
const notesInstance = 2;

/** One slide or page of notes, as the document lists it. */
interface Listed {
  readonly objectId: number;
  readonly slideId: number;
  readonly outline: readonly PptText[];
}

/**
 * A presentation of PowerPoint 97 … 2003, each slide a page: its title, the texts of its shapes, the speaker's notes.
 * Tables are groups of shapes there, and are read as such.
 *
 * @throws {@link LarderError} `DOCUMENT_ENCRYPTED`, `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export function readPpt(bytes: Uint8Array, context: ReadContext): ParsedDocument {
  return refuseDamage(pptMediaType, () => readPptStreams(bytes, context));
}

function readPptStreams(bytes: Uint8Array, { limits }: ReadContext): ParsedDocument {
  const file = openCompoundFile(bytes);
  const read = (name: string): Buffer => {
    const stream = file.root.get(name);
    if (stream?.kind !== "stream") throw malformedPpt("missing_stream");
    return Buffer.from(file.read(stream));
  };
  const directory = new PptDirectory(read("powerpoint document"), read("current user"));
  const { document } = directory;
  const slides = listed(document, slidesInstance);
  if (slides.length > limits.pagesMax) {
    throw new LarderError("DOCUMENT_TOO_LARGE", {
      details: { setting: "LARDER_PARSE_PAGES_MAX", pagesMax: limits.pagesMax, pages: slides.length },
    });
  }
  const notes = notesBySlide(directory, listed(document, notesInstance), limits);
  const text = new DocumentText(limits);
  for (const [index, { objectId, slideId, outline }] of slides.entries()) {
    text.startPage();
    const slide = directory.find(objectId);
    if (slide === undefined) text.warn("page_unreadable", `slide ${index + 1} is missing from the file`);
    for (const block of toBlocks(slide === undefined ? outline : textsOf(slide, outline, limits))) text.add(block);
    const spoken = notes.get(slideId) ?? "";
    if (spoken !== "") text.add({ kind: "paragraph", text: spoken, under: "Notes" });
    if (!text.pageHasText) text.warn("page_without_text", `slide ${index + 1} has no text`);
  }
  return text.finish(pptMediaType, undefined);
}

/** The list of slides or notes, each followed by the texts of its placeholders. */
function listed(document: PptRecord, instance: number): readonly Listed[] {
  const list = recordsIn(document.content).find((r) => r.type === slideListType && r.instance === instance);
  const found: Listed[] = [];
  let texts: Buffer[] = [];
  const records = recordsIn(list?.content ?? Buffer.alloc(0));
  let place: Buffer | undefined;
  const endPlace = (): void => {
    if (place === undefined || place.length < 16) return;
    const outline = readTexts(Buffer.concat(texts));
    found.push({ objectId: place.readUInt32LE(0), slideId: place.readUInt32LE(12), outline });
  };
  for (const { type, instance: of, content } of records) {
    if (type === slidePlaceType) {
      endPlace();
      place = content;
      texts = [];
    } else texts.push(toBytes(type, of, content));
  }
  endPlace();
  return found;
}

function toBytes(type: number, instance: number, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE((instance << 4) & 0xffff, 0);
  header.writeUInt16LE(type, 2);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

function notesBySlide(
  directory: PptDirectory,
  list: readonly Listed[],
  limits: ParseLimits,
): ReadonlyMap<number, string> {
  const notes = new Map<number, string>();
  for (const { objectId, outline } of list) {
    const page = directory.find(objectId);
    const atom = page === undefined ? undefined : recordsIn(page.content).find(({ type }) => type === notesAtomType);
    if (page === undefined || atom === undefined || atom.content.length < 4) continue;
    const spoken = textsOf(page, outline, limits).filter(({ kind }) => kind === notesKind);
    const blocks = toBlocks(spoken).map(({ text }) => text);
    notes.set(atom.content.readUInt32LE(0), blocks.join("\n"));
  }
  return notes;
}
