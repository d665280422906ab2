import type { SheetComment } from "../sheets/sheet.ts";
import { readReference } from "../sheets/sheet.ts";
import type { Relation, XlsxParts } from "./xlsx-parts.ts";

/** Excel writes this into the old comment that stands for a new, threaded one. */
const threadedNotice = /^\[[^\]]{1,60}\]\s/u;

/** Comments of a sheet, threads included, in the file's order. */
export async function readComments(parts: XlsxParts, relations: readonly Relation[]): Promise<readonly SheetComment[]> {
  const threads: SheetComment[] = [];
  for (const { part } of relations.filter(({ type }) => type === "threadedComment")) {
    let place = "";
    let pieces: string[] = [];
    await parts.read(part, {
      open: (name, attributes) => {
        if (name === "tc:threadedComment") place = placeOf(attributes.ref);
        if (name === "tc:text") pieces = [];
      },
      text: (text) => pieces.push(text),
      close: (name) => {
        if (name === "tc:text") threads.push({ place, author: "", text: pieces.join("") });
      },
    });
  }
  const threaded = new Set(threads.map(({ place }) => place));
  const notes: SheetComment[] = [];
  for (const { part } of relations.filter(({ type }) => type === "comments")) {
    for (const note of await readNotes(parts, part)) {
      if (!(threaded.has(note.place) && threadedNotice.test(note.text))) notes.push(note);
    }
  }
  return [...notes, ...threads];
}

async function readNotes(parts: XlsxParts, part: string): Promise<readonly SheetComment[]> {
  const notes: SheetComment[] = [];
  const authors: string[] = [];
  let place = "";
  let author = "";
  let pieces: string[] = [];
  let within = "";
  await parts.read(part, {
    open: (name, attributes) => {
      within = name;
      if (name === "s:author") pieces = [];
      if (name !== "s:comment") return;
      place = placeOf(attributes.ref);
      author = authors[Number(attributes.authorId)] ?? "";
      pieces = [];
    },
    text: (text) => {
      if (within === "s:t" || within === "s:author") pieces.push(text);
    },
    close: (name) => {
      within = "";
      if (name === "s:author") authors.push(pieces.join("").trim());
      if (name === "s:comment") notes.push({ place, author, text: withoutName(pieces.join(""), author) });
    },
  });
  return notes;
}

/** Excel begins a comment with its author's name. */
function withoutName(text: string, author: string): string {
  return author !== "" && text.startsWith(`${author}:`) ? text.slice(author.length + 1).trim() : text.trim();
}

/** The file's own words for a place are not believed: `__proto__` is none. */
function placeOf(reference = ""): string {
  return readReference(reference) === undefined ? "" : reference.replaceAll("$", "");
}
