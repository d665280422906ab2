import { expectSoundDocument, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readXlsx } from "./read-xlsx.ts";

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relationships = "http://schemas.openxmlformats.org/package/2006/relationships";

interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly state?: string; readonly xml: string }[];
  readonly parts?: Readonly<Record<string, string>>;
  readonly properties?: string;
}

const related = (relations: readonly (readonly [id: string, type: string, target: string])[]): string =>
  `<Relationships xmlns="${relationships}">${relations
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

function workbook({ sheets, parts = {}, properties = "" }: Workbook): Uint8Array {
  const list = sheets.map(({ name, state = "visible" }, i) => `<sheet name="${name}" state="${state}" r:id="s${i}"/>`);
  const relations = sheets.map((_, i) => [`s${i}`, "worksheet", `worksheets/sheet${i}.xml`] as const);
  return writeZip([
    { name: "_rels/.rels", content: related([["r1", "officeDocument", "xl/workbook.xml"]]) },
    {
      name: "xl/workbook.xml",
      content: `<workbook xmlns="${main}" xmlns:r="${office}">${properties}<sheets>${list.join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: related([...relations, ["t", "sharedStrings", "sharedStrings.xml"], ["y", "styles", "styles.xml"]]),
    },
    ...sheets.map(({ xml }, i) => ({
      name: `xl/worksheets/sheet${i}.xml`,
      content: `<worksheet xmlns="${main}">${xml}</worksheet>`,
    })),
    ...Object.entries(parts).map(([name, content]) => ({ name, content })),
  ]);
}

const text = (place: string, words: string): string => `<c r="${place}" t="inlineStr"><is><t>${words}</t></is></c>`;
const number = (place: string, value: number | string, style = 0): string =>
  `<c r="${place}" s="${style}"><v>${value}</v></c>`;
const data = (...cells: readonly string[]): string => `<sheetData><row>${cells.join("")}</row></sheetData>`;
const oneSheet = (xml: string, more: Partial<Workbook> = {}): Uint8Array =>
  workbook({ sheets: [{ name: "Data", xml }], ...more });

const read = async (bytes: Uint8Array, limits = defaultParseLimits) => {
  const parsed = await readXlsx(bytes, { limits });
  expectSoundDocument(parsed);
  return parsed;
};

describe("a workbook", () => {
  it("has a heading and a page for each sheet and says which are hidden", async () => {
    const parsed = await read(
      workbook({
        sheets: [
          { name: "One", xml: data(text("A1", "first")) },
          { name: "Two", state: "veryHidden", xml: data(text("A1", "second")) },
        ],
      }),
    );
    expect(parsed.text).toBe("One\n\nfirst\n\nTwo\n\nsecond");
    expect(parsed.blocks.map(({ headings }) => headings.join())).toEqual(["One", "One", "Two", "Two"]);
    expect(parsed.pages).toMatchObject([{ page: 1, start: 0 }, { page: 2 }]);
    expect(parsed.warnings).toMatchObject([{ code: "sheet_hidden" }]);
  });

  it("shows dates, times and shares as people read them", async () => {
    const styles = `<styleSheet xmlns="${main}"><numFmts><numFmt numFmtId="170" formatCode="[$-409]d\\-mmm\\-yy;@"/><numFmt numFmtId="171" formatCode="0.0&quot; days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="10"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>`;
    const values = [number("A1", 45_322, 1), number("B1", 45_322.5, 2), number("C1", 0.25, 3), number("D1", 0.125, 4)];
    const more = [
      number("E1", 45_322, 5),
      number("F1", 1.5, 6),
      number("G1", "0.30000000000000004"),
      number("H1", 1, 1),
    ];
    const xml = data(...values, ...more);
    const parts = { "xl/styles.xml": styles };
    const shown = "| 2024-01-31 | 2024-01-31 12:00:00 | 06:00:00 | 12.5% | 2024-01-31 | 1.5 | 0.3 | 1900-01-01 |";
    expect((await read(oneSheet(xml, { parts }))).text).toContain(shown);
    const apple = { parts, properties: `<workbookPr date1904="1"/>` };
    expect((await read(oneSheet(data(number("A1", 43_860, 1)), apple))).text).toBe("Data\n\n2024-01-31");
  });

  it("reads shared texts, stored values of formulas, truth values and errors", async () => {
    const strings = `<sst xmlns="${main}"><si><r><t>rich </t></r><r><t>text</t></r><rPh sb="0" eb="1"><t>aloud</t></rPh></si></sst>`;
    const cells = [`<c r="A1" t="s"><v>0</v></c>`, `<c r="B1"><f>1+1</f><v>2</v></c>`, `<c r="C1" t="b"><v>1</v></c>`];
    const more = [
      `<c r="D1" t="e"><v>#DIV/0!</v></c>`,
      `<c r="A3"><f>NOW()</f></c>`,
      `<c r="E1" t="str"><f>T()</f><v>six</v></c>`,
    ];
    const parsed = await read(oneSheet(data(...cells, ...more), { parts: { "xl/sharedStrings.xml": strings } }));
    expect(parsed.text).toContain("| rich text | 2 | TRUE | #DIV/0! | six |");
    expect(parsed.warnings).toMatchObject([{ code: "formula_without_value", message: expect.stringMatching(/^1 /u) }]);
  });

  it("parts its tables at empty rows and columns, with title and notes", async () => {
    const xml = data(
      ...[
        text("A1", "Runs"),
        text("A2", "Name"),
        text("B2", "Km"),
        text("A3", "Ann"),
        number("B3", 5),
        text("A4", "note"),
      ],
      ...[text("D2", "Town"), text("E2", "Code"), text("D3", "Oslo"), text("E3", "NO")],
      ...[text("A8", "x"), text("B8", "y"), text("A9", "p"), text("B9", "q")],
    );
    const parsed = await read(oneSheet(xml));
    const blocks = parsed.blocks.map(({ start, end, columns }) => [
      parsed.text.slice(start, end).split("\n")[0],
      columns,
    ]);
    expect(blocks).toEqual([
      ["Data", undefined],
      ["Runs", undefined],
      ["| Name | Km |", ["Name", "Km"]],
      ["note", undefined],
      ["| Town | Code |", ["Town", "Code"]],
      ["| x | y |", ["x", "y"]],
    ]);
  });

  it("names the columns of a table by the words far above it", async () => {
    const header = [text("B1", "Sales"), text("C1", "Profit"), text("E1", "Tax")];
    const body = [3, 4].flatMap((row) => [
      text(`A${row}`, `Zone ${row}`),
      number(`B${row}`, 1),
      number(`C${row}`, 2),
      number(`E${row}`, 3),
    ]);
    const parsed = await read(oneSheet(data(...header, ...body)));
    expect(parsed.blocks.at(-1)?.headings).toEqual(["Data", "Sales | Profit | Tax"]);
    expect(parsed.text).toContain("| Zone 3 | 1 | 2 | 3 |");
  });

  it.each([
    { what: "a heading of its own", over: [text("E2", "2023")], path: ["2023", "CHF | Sales | Profit | Tax"] },
    {
      what: "part of a name, where there are several",
      over: [text("C2", "2023"), text("E2", "2022")],
      path: ["CHF | Sales | 2023 Profit | 2022 Tax"],
    },
  ])("keeps the period that stands over the names: $what", async ({ over, path }) => {
    const header = [text("A2", "CHF"), ...over, text("B3", "Sales"), text("C3", "Profit"), text("E3", "Tax")];
    const body = [5, 6].flatMap((row) => [
      text(`A${row}`, `Zone ${row}`),
      number(`B${row}`, 1),
      number(`C${row}`, 2),
      text(`E${row}`, "—"),
    ]);
    const parsed = await read(oneSheet(data(...header, ...body)));
    expect(parsed.blocks.at(-1)?.headings).toEqual(["Data", ...path]);
    expect(parsed.text).toContain("| Zone 5 | 1 | 2 | — |");
  });

  it("repeats the text of merged cells in each of them, save in titles", async () => {
    const cells = [
      text("A1", "Title"),
      text("A2", "first"),
      text("B2", "both"),
      text("A3", "a"),
      text("B3", "b"),
      text("C3", "c"),
    ];
    const merges = `<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="B2:C2"/><mergeCell ref="bad"/></mergeCells>`;
    const parsed = await read(oneSheet(data(...cells, number("A4", 1), number("B4", 2), number("C4", 3)) + merges));
    expect(parsed.text).toBe(
      "Data\n\nTitle\n\n| first | both | both |\n| --- | --- | --- |\n| a | b | c |\n| 1 | 2 | 3 |",
    );
    expect(parsed.blocks.at(-1)?.columns).toEqual(["first a", "both b", "both c"]);
  });

  it("keeps comments with their places and leaves prototypes alone", async () => {
    const comment = (place: string, words: string) =>
      `<comment ref="${place}" authorId="0"><text><t>${words}</t></text></comment>`;
    const comments = `<comments xmlns="${main}"><authors><author>Ann</author></authors><commentList>${comment("B2", "Ann: check")}${comment("__proto__", "odd")}</commentList></comments>`;
    const before = Object.getOwnPropertyNames(Object.prototype);
    const parsed = await read(
      oneSheet(data(text("A1", "x")), {
        parts: {
          "xl/comments0.xml": comments,
          "xl/worksheets/_rels/sheet0.xml.rels": related([["c", "comments", "../comments0.xml"]]),
        },
      }),
    );
    expect(parsed.text).toBe("Data\n\nx\n\nComment on B2 by Ann: check\n\nComment by Ann: odd");
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it("does not believe the range that a sheet declares", async () => {
    const xml = `<dimension ref="A1:XFD1048576"/>${data(text("A1", "near"), text("XFD1048576", "far"))}<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>`;
    expect((await read(oneSheet(xml))).text).toBe("Data\n\nnear\n\nfar");
  });

  it("writes cells that are scattered over a sheet with their places", async () => {
    const cells = Array.from({ length: 300 }, (_, i) => `<row r="${i + 1}"><c r="A${i + 1}"><v>1</v></c></row>`);
    const diagonal = Array.from({ length: 300 }, (_, i) =>
      number(
        `${i < 26 ? "" : String.fromCharCode(64 + Math.floor(i / 26))}${String.fromCharCode(65 + (i % 26))}${i + 1}`,
        i,
      ),
    );
    const parsed = await read(oneSheet(`<sheetData>${cells.join("")}<row>${diagonal.join("")}</row></sheetData>`));
    expect(parsed.text.length).toBeLessThan(10_000);
    expect(parsed.text).toContain("KN300: 299");
  });

  it("is refused while its cells are read when they hold too much", async () => {
    const limits = { ...defaultParseLimits, textCharactersMax: 100 };
    const many = data(...Array.from({ length: 60 }, (_, i) => number(`A${i + 1}`, i)));
    await expect(readXlsx(oneSheet(many), { limits })).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
  });

  it("is refused without its list of sheets", async () => {
    const empty = writeZip([{ name: "xl/other.xml", content: "<a/>" }]);
    await expect(readXlsx(empty, { limits: defaultParseLimits })).rejects.toMatchObject({
      code: "DOCUMENT_MALFORMED",
      details: { container: "xlsx", problem: "workbook" },
    });
  });

  it("shows what its charts were drawn from", async () => {
    const c = "http://schemas.openxmlformats.org/drawingml/2006/chart";
    const a = "http://schemas.openxmlformats.org/drawingml/2006/main";
    const points = (kind: string, values: readonly string[]) =>
      `<c:${kind}><c:cache>${values.map((v, i) => `<c:pt idx="${i}"><c:v>${v}</c:v></c:pt>`).join("")}</c:cache></c:${kind}>`;
    const chart = `<c:chart xmlns:c="${c}" xmlns:a="${a}"><c:title><a:p><a:t>Growth</a:t></a:p></c:title><c:ser><c:tx><c:pt idx="0"><c:v>Sales</c:v></c:pt></c:tx>${points("cat", ["Q1", "Q2"])}${points("val", ["3", "4"])}</c:ser></c:chart>`;
    const parsed = await read(
      oneSheet(data(text("A1", "x")), {
        parts: {
          "xl/worksheets/_rels/sheet0.xml.rels": related([["d", "drawing", "../drawings/d.xml"]]),
          "xl/drawings/d.xml": `<d xmlns:a="${a}"><a:p><a:t>drawn words</a:t></a:p></d>`,
          "xl/drawings/_rels/d.xml.rels": related([["c", "chart", "/xl/charts/c.xml"]]),
          "xl/charts/c.xml": chart,
        },
      }),
    );
    expect(parsed.text).toBe(
      "Data\n\nx\n\ndrawn words\n\nGrowth\n\n|  | Sales |\n| --- | --- |\n| Q1 | 3 |\n| Q2 | 4 |",
    );
  });
});
