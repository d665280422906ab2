import { createHash } from "node:crypto";
import { writePdf, writeZip } from "@larder/testkit";

export const tortureFormats = ["txt", "md", "html", "csv", "docx", "pdf"] as const;
export type TortureFormat = (typeof tortureFormats)[number];

/** A file that carries in each sentence a word that no other sentence of any file has. */
export interface TortureDocument {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  /** In the order of the text. */
  readonly words: readonly string[];
}

const consonants = "bcdfghjklmnpqrtv"; // no vowel and no s: no stemmer of any language changes such a word
const wordPattern = /zx[bcdfghjklmnpqrtv]{6}(?![a-z])/g;
const fillers = "harbour reactor orchard archive bridge glacier foundry copper letters valves tables lenses".split(" ");

/** The words of {@link TortureDocument.words} in what was read of it. */
export function wordsIn(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

/** Makes files of the given number of sentences; no word comes twice from one writer. */
export function createDocumentWriter(
  random: () => number,
): (format: TortureFormat, sentences: number) => TortureDocument {
  let wordsMade = 0;
  let filesMade = 0;
  const nextWord = (): string => {
    const letters = Array.from({ length: 6 }, (_, place) => consonants[(wordsMade >> (4 * place)) & 15]);
    wordsMade += 1;
    return `zx${letters.join("")}`;
  };
  const filler = (): string => fillers[Math.floor(random() * fillers.length)] ?? "";
  return (format, count) => {
    filesMade += 1;
    const words = Array.from({ length: count }, nextWord);
    const sentences = words.map((word) => `The ${filler()} keeps ${word} near the ${filler()} and the ${filler()}.`);
    const bytes = new Uint8Array(encoders[format](sentences));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name: `report-${filesMade}.${format}`, bytes, sha256, words };
  };
}

const encoders: Readonly<Record<TortureFormat, (sentences: readonly string[]) => Uint8Array>> = {
  txt: (sentences) => Buffer.from(paragraphsOf(sentences).join("\n\n")),
  md: (sentences) =>
    Buffer.from(
      paragraphsOf(sentences)
        .map((paragraph, i) => `## Section ${i}\n\n${paragraph}\n`)
        .join("\n"),
    ),
  html: (sentences) => {
    const body = paragraphsOf(sentences).map((paragraph) => `<p>${paragraph}</p>`);
    return Buffer.from(`<!doctype html><html><head><title>Report</title></head><body>${body.join("")}</body></html>`);
  },
  csv: (sentences) => Buffer.from(`number,note\n${sentences.map((sentence, i) => `${i},${sentence}\n`).join("")}`),
  docx: (sentences) => {
    const paragraphs = paragraphsOf(sentences).map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`);
    return writeZip([
      { name: "_rels/.rels", content: relationships },
      {
        name: "word/document.xml",
        content: `<?xml version="1.0"?><w:document xmlns:w="${word}"><w:body>${paragraphs.join("")}</w:body></w:document>`,
      },
    ]);
  },
  pdf: (sentences) =>
    writePdf(chunksOf(sentences, 40).map((page) => page.map((text, i) => ({ text, y: 740 - 16 * i })))),
};

const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const relationships = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`;

function paragraphsOf(sentences: readonly string[]): readonly string[] {
  return chunksOf(sentences, 7).map((chunk) => chunk.join(" "));
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(size * i, size * (i + 1)));
}
