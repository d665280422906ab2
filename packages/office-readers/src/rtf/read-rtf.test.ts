import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRtf } from "./read-rtf.ts";

const read = (body: string, limits = defaultParseLimits) => {
  const parsed = readRtf(Buffer.from(`{\\rtf1\\ansi\\ansicpg1252 ${body}}`, "latin1"), { limits });
  expectSoundDocument(parsed);
  return parsed;
};

describe("RTF", () => {
  it("has paragraphs without what only looks or is elsewhere", () => {
    const tables =
      "{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}{\\stylesheet{\\s0 Normal;}}{\\info{\\title My title}{\\author A}}";
    const body = `${tables}{\\header page head}{\\*\\unknown secret}{\\pict\\bin5 ab}{d 01ff}One\\~{\\b two}\r\n three.\\par\\pard {\\v gone}Four\\line five{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt link}}`;
    expect(read(body)).toMatchObject({ text: "One two three.\n\nFour\nfivelink", title: "My title" });
  });

  it("has characters by code page of the font, by number and by name", () => {
    const fonts = "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}";
    const body =
      "\\f0 gr\\'f6\\'dfer {\\f1 \\'cc\\'e8\\'f0} {\\f2 \\'93\\'fa\\'96\\'7b} \\u8364?\\u-10179?\\u-8694? \\uc2\\u233xyz\\emdash\\{\\}\\\\";
    expect(read(fonts + body).text).toBe("größer Мир 日本 €\u{1F60A} éz—{}\\");
  });

  it("has headings by style and by level, and paths below them", () => {
    const styles = "{\\stylesheet{\\s1\\outlinelevel0 Kop;}{\\s2\\sbasedon0 heading 2;}}";
    const body = "\\s1 A\\par\\pard text\\par\\pard\\s2 B\\par\\pard\\outlinelevel1 C\\par\\pard more";
    expect(read(styles + body).blocks.map(({ kind, headings }) => `${kind} ${headings.join(">")}`)).toEqual([
      "heading A",
      "paragraph A",
      "heading A>B",
      "heading A>C",
      "paragraph A>C",
    ]);
  });

  it("has tables with their columns, and list items", () => {
    const row = (...cells: readonly string[]) => `\\trowd\\intbl ${cells.join("\\cell ")}\\cell\\row`;
    const parsed = read(`${row("Name", "Km")}${row("Ann\\par Lee", "5")}\\pard{\\listtext\\'95\\tab}item\\par`);
    expect(parsed.text).toBe("| Name | Km |\n| --- | --- |\n| Ann Lee | 5 |\n\n•\titem");
    expect(parsed.blocks).toMatchObject([{ kind: "table", columns: ["Name", "Km"] }, { kind: "list_item" }]);
  });

  it("reads what is cut off or nested deep, in time", () => {
    expect(read("one {\\b two").text).toBe("one two");
    expect(read("}}}} one").text).toBe(" one".trim());
    expect(read(`${"{".repeat(5_000)}deep`).text).toBe("deep");
    expect(() => read("{".repeat(20_000))).toThrow(expect.objectContaining({ code: "DOCUMENT_MALFORMED" }));
    expect(read("\\'41".repeat(300_000)).text).toHaveLength(300_000);
  });

  it("is refused for too much text and for another beginning", () => {
    const limits = { ...defaultParseLimits, textCharactersMax: 50 };
    expect(() => read("word ".repeat(20), limits)).toThrow(expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }));
    expect(() => readRtf(Buffer.from("{\\urtf"), { limits })).toThrow(
      expect.objectContaining({ code: "DOCUMENT_MALFORMED" }),
    );
  });

  it("is a sound document, whatever is in it", () => {
    const pieces =
      "{ } \\ \\* \\par \\cell \\row \\intbl \\trowd \\pard \\u-10179 \\uc9 \\' \\'e9 \\bin3 \\bin-9 \\f1 \\s1 \\v \\* \\fonttbl \\stylesheet a é ; ?".split(
        " ",
      );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 80 }), (body) => {
        read(body.join(""));
      }),
      { numRuns: 500 },
    );
  });
});
