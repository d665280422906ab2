import { expectSoundDocument, writePdf } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readPdf } from "./read-pdf.ts";

const parse = (bytes: Uint8Array) => readPdf(bytes, { limits: defaultParseLimits });
const body = "Running text that fills the line with many ordinary words,";

describe("the text of a PDF", () => {
  it("has pages, headings from larger and other fonts, and paragraphs", async () => {
    const parsed = await parse(
      writePdf([
        [
          { text: "Report of the year", size: 20, y: 720 },
          { text: body, y: 690 },
          { text: "which go on below.", y: 678 },
          { text: "Another paragraph stands apart.", y: 650 },
        ],
        [
          { text: "Results", isBold: true, y: 720 },
          { text: body, y: 690 },
        ],
      ]),
    );
    expectSoundDocument(parsed);
    expect(parsed).toMatchObject({ mediaType: "application/pdf", title: "Report of the year", warnings: [] });
    expect(parsed.blocks.map((b) => [b.kind, parsed.text.slice(b.start, b.end), b.headings])).toEqual([
      ["heading", "Report of the year", ["Report of the year"]],
      ["paragraph", `${body}\nwhich go on below.`, ["Report of the year"]],
      ["paragraph", "Another paragraph stands apart.", ["Report of the year"]],
      ["heading", "Results", ["Report of the year", "Results"]],
      ["paragraph", body, ["Report of the year", "Results"]],
    ]);
    expect(parsed.pages.map(({ start, end }) => parsed.text.slice(start, end).slice(0, 6))).toEqual([
      "Report",
      "Result",
    ]);
  });

  it("joins words that a line's end broke, and keeps hyphens that belong", async () => {
    const lines = ["This is a hyphen-", "ated word, a well-known one and a well-", "known one."];
    const parsed = await parse(writePdf([lines.map((text, i) => ({ text, y: 700 - 12 * i }))]));
    expect(parsed.text).toBe("This is a hyphenated word, a well-known one and a well-known one.");
  });

  it("puts words drawn apart on one line, with a space between", async () => {
    const parsed = await parse(
      writePdf([
        [
          { text: "left", y: 700 },
          { text: "right", x: 120, y: 700 },
        ],
      ]),
    );
    expect(parsed.text).toBe("left right");
  });

  it("says which page has no text, and refuses a document without any", async () => {
    const parsed = await parse(writePdf([[{ text: "one", y: 700 }], [], [{ text: "three", y: 700 }]]));
    expect(parsed.warnings).toEqual([{ code: "page_without_text", message: "page 2 has no text: scanned?" }]);
    expect(parsed.pages.map(({ page }) => page)).toEqual([1, 2, 3]);
    expectSoundDocument(parsed);
    await expect(parse(writePdf([[], []]))).rejects.toMatchObject({ code: "DOCUMENT_NO_TEXT", details: { pages: 2 } });
  });

  it("opens what needs no password and refuses what needs one", async () => {
    const pages = [[{ text: "not so secret", y: 700 }]];
    expect((await parse(writePdf(pages, { userPassword: "" }))).text).toBe("not so secret");
    await expect(parse(writePdf(pages, { userPassword: "x" }))).rejects.toMatchObject({ code: "DOCUMENT_ENCRYPTED" });
  });

  it("takes the title that the file names, unless it is a leftover of a program", async () => {
    const pages = [[{ text: "words", y: 700 }]];
    expect((await parse(writePdf(pages, { title: "The title" }))).title).toBe("The title");
    for (const title of ["Microsoft Word - a.doc", "untitled", "0001-2"]) {
      expect((await parse(writePdf(pages, { title }))).title).toBeUndefined();
    }
  });

  it("refuses a header with nothing behind it", async () => {
    await expect(parse(Buffer.from("%PDF-1.7\n"))).rejects.toMatchObject({ code: "DOCUMENT_MALFORMED" });
  });

  it("reads one with other bytes around it and leaves its input as it was", async () => {
    const pdf = writePdf([[{ text: "words", y: 700 }]]);
    const before = Buffer.from(pdf);
    expect((await parse(Buffer.concat([pdf, Buffer.from("<html>garbage")]))).text).toBe("words");
    expect(Buffer.from(pdf).equals(before)).toBe(true);
  });
});
