import type { ParsedDocument } from "@larder/contracts";
import { expectSoundDocument, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../../test/office-files.ts";
import { createEpubReader } from "./read-epub.ts";

/** Stands for the reader of web pages, which is another package's: one heading and the rest of the page. */
function readPage(html: string): ParsedDocument {
  const [, title = "", body = ""] = /<h1>(.*)<\/h1>(.*)/su.exec(html) ?? [];
  const text = `${title}\n\n${body}`;
  const blocks = [
    { kind: "heading" as const, start: 0, end: title.length, headings: [title] },
    { kind: "paragraph" as const, start: title.length + 2, end: text.length, headings: [title] },
  ];
  return { text, mediaType: "text/html", blocks, pages: [], warnings: [{ code: "nesting_capped", message: "x" }] };
}

const read = createEpubReader(readPage);
const context = { limits: defaultParseLimits };

function writeEpub(more: Readonly<Record<string, string>> = {}): Buffer {
  const files = {
    mimetype: "application/epub+zip",
    "META-INF/container.xml": `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
    "OEBPS/book.opf": `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <metadata><dc:title>A book</dc:title><dc:title>other</dc:title></metadata><manifest>
      <item id="b" href="text/b%20two.xhtml" media-type="application/xhtml+xml"/>
      <item id="a" href="../one.xhtml#top" media-type="application/xhtml+xml"/>
      <item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
      <item id="x" href="gone.xhtml" media-type="application/xhtml+xml"/><item id="p" href="p.png" media-type="image/png"/>
      </manifest><spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/><itemref idref="x"/><itemref idref="p"/></spine></package>`,
    "one.xhtml": "<h1>One</h1>größer",
    "OEBPS/text/b two.xhtml": "<h1>Two</h1>end",
    "OEBPS/nav.xhtml": "<h1>Contents</h1>One Two",
    ...more,
  };
  return writeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}

describe("a book", () => {
  it("has its chapters in reading order under their headings, and tells of one that is missing", async () => {
    const parsed = await read(writeEpub(), context);
    expectSoundDocument(parsed);
    expect(parsed).toMatchObject({ title: "A book", mediaType: "application/epub+zip" });
    expect(blocksOf(parsed)).toEqual([
      "heading: One @ One",
      "paragraph: größer @ One",
      "heading: Two @ Two",
      "paragraph: end @ Two",
    ]);
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["nesting_capped", "part_not_read"]);
  });

  it("is refused when a chapter is encrypted, but not for a font that is", async () => {
    const encryption = (path: string) =>
      `<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:CipherReference URI="${path}"/></encryption>`;
    const withFont = writeEpub({ "META-INF/encryption.xml": encryption("OEBPS/font.otf") });
    expect((await read(withFont, context)).text).toContain("größer");
    const protectedBook = writeEpub({ "META-INF/encryption.xml": encryption("OEBPS/text/b%20two.xhtml") });
    await expect(read(protectedBook, context)).rejects.toMatchObject({ code: "DOCUMENT_ENCRYPTED" });
  });

  it("is refused without its package", async () => {
    const bytes = writeZip([{ name: "mimetype", content: "application/epub+zip" }]);
    await expect(read(bytes, context)).rejects.toMatchObject({
      details: { container: "epub", problem: "missing_part" },
    });
  });
});
