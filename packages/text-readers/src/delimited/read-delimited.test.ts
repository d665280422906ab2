import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDelimited } from "./read-delimited.ts";

const read = (text: string, limits = defaultParseLimits) => readDelimited(text, { limits });

describe("a table of delimited cells", () => {
  it.each([
    { delimiter: ",", mediaType: "text/csv" },
    { delimiter: ";", mediaType: "text/csv" },
    { delimiter: "|", mediaType: "text/csv" },
    { delimiter: "\t", mediaType: "text/tab-separated-values" },
  ])("is read with $delimiter between its cells", ({ delimiter, mediaType }) => {
    const text = [
      ["Name", "Town"],
      ["Ann", "Oslo"],
      ["Bob", "Rome"],
    ]
      .map((row) => row.join(delimiter))
      .join("\n");
    const parsed = read(text);
    expect(parsed).toMatchObject({
      text: "| Name | Town |\n| --- | --- |\n| Ann | Oslo |\n| Bob | Rome |",
      mediaType,
      blocks: [{ kind: "table", columns: ["Name", "Town"] }],
      warnings: [],
    });
    expectSoundDocument(parsed);
  });

  it("has cells that hold delimiters, quotes, bars and line ends", () => {
    const parsed = read('Who;What\n"Ann; Bob";"say ""hi"""\nCy;"one|two\nthree"\n');
    expect(parsed.text.split("\n").slice(2)).toEqual(['| Ann; Bob | say "hi" |', "| Cy | one\\|two three |"]);
  });

  it("reads decimal commas between semicolons", () => {
    expect(read("Item;Price\nJam;1,50\nTea;2,75\n").text).toContain("| Jam | 1,50 |");
  });

  it("does not take values for names of columns", () => {
    expect(read("Ann,41\nBob,17\n").blocks).toEqual([{ kind: "table", start: 0, end: 39, headings: [] }]);
  });

  it("keeps rows of other lengths and says so", () => {
    const parsed = read("a,b,c\n1\n1,2\n1,2,3\n");
    expect(parsed.text.split("\n").slice(2)).toEqual(["| 1 |  |  |", "| 1 | 2 |  |", "| 1 | 2 | 3 |"]);
    expect(parsed.warnings).toMatchObject([{ code: "rows_uneven", message: expect.stringMatching(/^2 rows/u) }]);
  });

  it("loses nothing behind a quote that is never closed", () => {
    const parsed = read('a,b\n1,"x\n2,y\n3,z\n');
    expect(parsed.text.split("\n").slice(2)).toEqual(['| 1 | "x |', "| 2 | y |", "| 3 | z |"]);
    expect(parsed.warnings).toMatchObject([{ code: "quote_unclosed" }]);
  });

  it("is text, whatever its cells begin with", () => {
    const parsed = read("Name,Note\nx,=cmd|' /C calc'!A0\n__proto__,\"@SUM(1+1)\"\n");
    expect(parsed.text).toContain("| x | =cmd\\|' /C calc'!A0 |\n| __proto__ | @SUM(1+1) |");
  });

  it("may have a million columns", () => {
    const names = Array.from({ length: 1_000_000 }, (_, i) => `c${i}`).join(",");
    const parsed = read(`${names}\n1,2,3\n`);
    expect(parsed.text.endsWith("| c999999 |\n| 1 | 2 | 3 |")).toBe(true);
  });

  it("is refused as soon as its text is too long", () => {
    const limits = { ...defaultParseLimits, textCharactersMax: 1_000 };
    expect(() => read("a,b\n".repeat(200), limits)).toThrow(expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }));
  });

  it("is a sound document, whatever is in it", () => {
    const piece = fc.constantFrom(",", ";", "\t", "|", '"', '""', "\n", "\n\n", "a", "=b", "1", " ", "é", "\u{1F469}");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expectSoundDocument(read(pieces.join("")));
      }),
      { numRuns: 500 },
    );
  });
});
