import { expectSoundDocument, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readOds } from "./read-ods.ts";

const ns = (name: string): string => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`;
const spreadsheet = (tables: string, styles = ""): Uint8Array =>
  writeZip([
    { name: "mimetype", content: "application/vnd.oasis.opendocument.spreadsheet" },
    {
      name: "content.xml",
      content: `<office:document-content ${ns("office")} ${ns("table")} ${ns("text")} ${ns("style")} xmlns:dc="http://purl.org/dc/elements/1.1/">${styles}<office:body><office:spreadsheet>${tables}</office:spreadsheet></office:body></office:document-content>`,
    },
  ]);
const table = (rows: string, name = "Data", style = ""): string =>
  `<table:table table:name="${name}" table:style-name="${style}">${rows}</table:table>`;
const row = (...cells: readonly string[]): string => `<table:table-row>${cells.join("")}</table:table-row>`;
const cell = (text: string, attributes = ""): string =>
  `<table:table-cell ${attributes}>${text === "" ? "" : `<text:p>${text}</text:p>`}</table:table-cell>`;

const read = async (bytes: Uint8Array, limits = defaultParseLimits) => {
  const parsed = await readOds(bytes, { limits });
  expectSoundDocument(parsed);
  return parsed;
};

describe("a spreadsheet of OpenDocument", () => {
  it("shows its cells as a table, with dates that sort and repeated values", async () => {
    const date = cell("31.01.24", 'office:value-type="date" office:date-value="2024-01-31"');
    const rows = row(cell("Day"), cell("Km"), cell("Note")) + row(date, cell("5", 'table:number-columns-repeated="2"'));
    const parsed = await read(spreadsheet(table(rows)));
    expect(parsed.text).toBe("Data\n\n| Day | Km | Note |\n| --- | --- | --- |\n| 2024-01-31 | 5 | 5 |");
    expect(parsed.blocks.at(-1)?.columns).toEqual(["Day", "Km", "Note"]);
  });

  it("says which sheets are hidden, and keeps comments and white space", async () => {
    const styles = `<office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>`;
    const note = "<office:annotation><dc:creator>Ann</dc:creator><text:p>look</text:p></office:annotation>";
    const commented = `<table:table-cell>${note}<text:p>a<text:s text:c="2"/>b</text:p></table:table-cell>`;
    const parsed = await read(spreadsheet(table(row(commented)) + table(row(cell("x")), "Two", "ta2"), styles));
    expect(parsed.text).toBe("Data\n\na  b\n\nComment on A1 by Ann: look\n\nTwo\n\nx");
    expect(parsed.warnings).toMatchObject([{ code: "sheet_hidden" }]);
  });

  it("does not repeat empty cells and rows, nor text without end", async () => {
    const empty = `<table:table-row table:number-rows-repeated="1048576">${cell("", 'table:number-columns-repeated="16384"')}</table:table-row>`;
    expect((await read(spreadsheet(table(empty + row(cell("x")) + empty)))).text).toBe("Data\n\nx");
    const endless = `<table:table-row table:number-rows-repeated="1048576">${cell("x", 'table:number-columns-repeated="16384"')}</table:table-row>`;
    await expect(read(spreadsheet(table(endless)))).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
  });

  it("repeats the text of merged cells", async () => {
    const rows = row(cell("both", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>", cell("c"));
    const parsed = await read(spreadsheet(table(rows + row(cell("1"), cell("2"), cell("3")))));
    expect(parsed.text).toContain("| both | both | c |");
  });

  it("is refused with a password and without content", async () => {
    const manifest = `<manifest:manifest ${ns("manifest")}><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`;
    const encrypted = writeZip([{ name: "META-INF/manifest.xml", content: manifest }]);
    await expect(read(encrypted)).rejects.toMatchObject({ code: "DOCUMENT_ENCRYPTED" });
    await expect(read(writeZip([{ name: "a", content: "" }]))).rejects.toMatchObject({ code: "DOCUMENT_MALFORMED" });
  });
});
