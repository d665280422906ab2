import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import type { DrawnText } from "../test/draw-pdf.ts";
import { drawPdf, drawTexts, streamOf } from "../test/draw-pdf.ts";
import { readPdf } from "./index.ts";

async function read(...pages: readonly (readonly DrawnText[])[]) {
  const parsed = await readPdf(drawPdf(pages.map(drawTexts)), { limits: defaultParseLimits });
  expectSoundDocument(parsed);
  return { ...parsed, texts: parsed.blocks.map(({ start, end }) => parsed.text.slice(start, end)) };
}

const prose = (side: string, line: number) => `${side} column, line ${line}, with words that go on`;

describe("columns", () => {
  const lines = [1, 2, 3, 4, 5, 6];
  const left = (line: number): DrawnText => ({ text: prose("Left", line), x: 50, y: 700 - 12 * line });
  const right = (line: number): DrawnText => ({ text: prose("Right", line), x: 320, y: 700 - 12 * line });
  const inOrder = [...lines.map((line) => prose("Left", line)), ...lines.map((line) => prose("Right", line))];

  it("are read one after the other when the page draws them so", async () => {
    const { text } = await read([...lines.map(left), ...lines.map(right)]);
    expect(text.split(/\n+/u)).toEqual(inOrder);
  });

  it("are read one after the other when the page draws across them, below a title that spans both", async () => {
    const title = { text: "A title over both of the columns", x: 180, y: 720, size: 18 };
    const { text } = await read([title, ...lines.flatMap((line) => [left(line), right(line)])]);
    expect(text.split(/\n+/u)).toEqual([title.text, ...inOrder]);
  });
});

describe("running heads and feet", () => {
  it("stay where they come first, also on pages so short that a line is at both edges", async () => {
    const page = (number: number): DrawnText[] => [
      { text: "Instructions", y: 740 },
      { text: `Now do step ${number} of them`, y: 726 },
    ];
    expect((await read(page(1), page(2), page(3))).text).toContain("Now do step 1 of them");
  });

  it("are compared in a time that grows with their length only", async () => {
    const head = `${"#".repeat(60)} z`;
    const pages = ["a", "b", "c"].map((word) => [
      { text: head, y: 760 },
      { text: `Words of page ${word} that nobody repeats`, y: 600 },
    ]);
    expect((await read(...pages)).text.split(head)).toHaveLength(2);
  });

  const page = (number: number): DrawnText[] => [
    { text: "Annual report", y: 760 },
    { text: `Words of page ${"abcdef"[number - 1]} that nobody repeats`, y: 600 },
    { text: "Confidential", y: 588 },
    { text: `Larder Inc. | Form ${number}`, y: 52 },
    { text: `- ${number} -`, x: 300, y: 40 },
  ];

  it("stay where they come first, and page numbers go", async () => {
    const { texts } = await read(page(1), page(2), page(3));
    expect(texts.join("\n").split("\n")).toEqual([
      "Annual report",
      "Words of page a that nobody repeats",
      "Confidential",
      "Larder Inc. | Form 1",
      "Words of page b that nobody repeats",
      "Confidential",
      "Words of page c that nobody repeats",
      "Confidential",
    ]);
  });

  it("are not what stands alone, nor numbers that do not count the pages", async () => {
    const rows = (value: number): DrawnText[] => [
      { text: "Some words above", y: 700 },
      { text: `${value}`, y: 40 },
    ];
    const { text } = await read(rows(500), rows(430));
    expect(text).toContain("500");
    expect(text).toContain("430");
    expect((await read([{ text: "1", y: 40 }])).text).toBe("1");
  });
});

describe("tables", () => {
  const row = (y: number, cells: readonly [number, string][]): DrawnText[] =>
    cells.map(([x, text]) => ({ text, x, y }));

  it("are Markdown with their columns, empty cells where nothing stands, and the sign with its sum", async () => {
    const { blocks, texts } = await read([
      { text: "Stock by place, as counted on the last day:", y: 730 },
      ...row(700, [
        [72, "Product"],
        [200, "Place"],
        [300, "Price"],
      ]),
      ...row(685, [
        [72, "Flour"],
        [200, "A-12"],
        [290, "$"],
        [310, "4.50"],
      ]),
      ...row(670, [
        [72, "Salt"],
        [310, "0.75"],
      ]),
      ...row(655, [
        [72, "Sugar"],
        [200, "B-07"],
        [310, "2.20"],
      ]),
      { text: "Prices are for one pound and hold until the end of the month.", y: 610 },
    ]);
    expect(blocks.map(({ kind }) => kind)).toEqual(["paragraph", "table", "paragraph"]);
    expect(texts[1]).toBe(
      [
        "| Product | Place | Price |",
        "| --- | --- | --- |",
        "| Flour | A-12 | $ 4.50 |",
        "| Salt |  | 0.75 |",
        "| Sugar | B-07 | 2.20 |",
      ].join("\n"),
    );
    expect(blocks[1]?.columns).toEqual(["Product", "Place", "Price"]);
  });

  it("have the lines above the first label as one header", async () => {
    const { blocks } = await read([
      { text: "Months ended", x: 260, y: 712 },
      { text: "May", x: 260, y: 700 },
      { text: "June", x: 310, y: 700 },
      ...row(685, [
        [72, "Sales"],
        [260, "60"],
        [310, "63"],
      ]),
      ...row(670, [
        [72, "Costs"],
        [260, "39"],
        [310, "41"],
      ]),
      ...row(655, [
        [72, "Margin"],
        [260, "21"],
        [310, "22"],
      ]),
    ]);
    expect(blocks.find(({ kind }) => kind === "table")?.columns).toEqual(["", "May", "June"]);
  });

  it("have cells of several lines, and below a header over two columns too", async () => {
    const { blocks } = await read([
      { text: "Three months ended", x: 262, y: 724 },
      { text: "May 1,", x: 260, y: 712 },
      { text: "2023", x: 260, y: 700 },
      { text: "May 2,", x: 320, y: 712 },
      { text: "2022", x: 320, y: 700 },
      ...row(685, [
        [72, "Sales"],
        [260, "60"],
        [320, "63"],
      ]),
      ...row(670, [
        [72, "Costs"],
        [260, "39"],
        [320, "41"],
      ]),
      ...row(655, [
        [72, "Margin"],
        [260, "21"],
        [320, "22"],
      ]),
    ]);
    expect(blocks.find(({ kind }) => kind === "table")?.columns).toEqual(["", "May 1, 2023", "May 2, 2022"]);
  });

  it("are not made of words that stand apart by chance", async () => {
    const { blocks, text } = await read([
      ...row(700, [
        [72, "To whom it may concern"],
        [400, "12 May"],
      ]),
      { text: "Words of a letter that has no table anywhere in it.", y: 670 },
    ]);
    expect(blocks.map(({ kind }) => kind)).not.toContain("table");
    expect(text).toContain("To whom it may concern 12 May");
  });
});

describe("structure", () => {
  it("has bold lines as headings, list items, and code with its indentation", async () => {
    const { blocks, texts } = await read([
      { text: "Settings", font: "F2", y: 720 },
      { text: "A paragraph with enough ordinary words to be what this document is made of, mostly,", y: 700 },
      { text: "since code is short. It goes on for a second line of words like these here.", y: 688 },
      { text: "1. the first item of a list", y: 664 },
      { text: "2. the second item of it", y: 652 },
      { text: "if \\(ready\\) {".replaceAll("\\", ""), font: "F3", y: 620 },
      { text: "start", x: 84, font: "F3", y: 608 },
      { text: "}", font: "F3", y: 596 },
    ]);
    expect(blocks.map(({ kind }) => kind)).toEqual(["heading", "paragraph", "list_item", "list_item", "code"]);
    expect(texts.at(-1)).toBe("if (ready) {\n  start\n}");
  });

  it("is no heading where bold words open a paragraph", async () => {
    const { blocks } = await read([
      { text: "Notice: these words are bold and fill the whole line of this paragraph to its end", font: "F2", y: 700 },
      { text: "and then it goes on in ordinary letters, as a paragraph does, over several lines", y: 688 },
      { text: "of words, so that most of the document stands in the ordinary font, as is usual.", y: 676 },
    ]);
    expect(blocks.map(({ kind }) => kind)).toEqual(["paragraph"]);
  });
});

describe("letters and spaces", () => {
  it("come together whatever the spacing, and part where a gap is wide", async () => {
    const { text } = await read([
      { text: "spaced", y: 700, state: "8 Tc" },
      { text: "[(two) -300 (words) 20 (!)]", y: 680 },
      { text: "[(a) 3000 (b) 3000 (c) 2700 (d) 3000 (e)]", y: 660, state: "30 Tc" },
    ]);
    expect(text.split(/\n+/u)).toEqual(["spaced", "two words!", "abc de"]);
  });

  it("come once where bold is drawn twice", async () => {
    const { text } = await read([
      { text: "Twice", x: 72, y: 700 },
      { text: "Twice", x: 72.3, y: 700 },
    ]);
    expect(text).toBe("Twice");
  });

  it("are upright on a page that is turned", async () => {
    const content =
      "BT /F1 10 Tf 0 1 -1 0 100 72 Tm (Turned by) Tj ET BT /F1 10 Tf 0 1 -1 0 112 72 Tm (ninety degrees) Tj ET";
    const parsed = await readPdf(drawPdf([content], { page: "/Rotate 90" }), { limits: defaultParseLimits });
    expect(parsed.text).toBe("Turned by\nninety degrees");
  });
});

describe("what a form was filled in with", () => {
  it("stands behind its label", async () => {
    const field = (number: number, rectangle: string, value: string): Record<number, string | Buffer> => ({
      [number]: `<< /Type /Annot /Subtype /Widget /FT /Tx /T (f${number}) /V (${value}) /Rect [${rectangle}] /AP << /N ${number + 1} 0 R >> >>`,
      [number + 1]: streamOf(
        `/Tx BMC BT /F1 10 Tf 2 4 Td (${value}) Tj ET EMC`,
        "/Type /XObject /Subtype /Form /BBox [0 0 200 15] /Resources << /Font << /F1 3 0 R >> >>",
      ),
    });
    const labels = drawTexts([
      { text: "Name of the driver", y: 700 },
      { text: "Date", y: 640 },
      { text: "How did it happen?", y: 580 },
    ]);
    const pdf = drawPdf([labels], {
      page: "/Annots [100 0 R 102 0 R]",
      objects: { ...field(100, "72 680 272 695", "Alex"), ...field(102, "100 636 300 651", "2025-08-12") },
    });
    const { text } = await readPdf(pdf, { limits: defaultParseLimits });
    expect(text.split(/\n+/u)).toEqual(["Name of the driver", "Alex", "Date 2025-08-12", "How did it happen?"]);
  });
});
