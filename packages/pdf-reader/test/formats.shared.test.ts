import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readPdf } from "../src/index.ts";

const folder = join(process.env.LARDER_SHARED_DIR ?? "", "formats");

async function read(name: string) {
  const parsed = await readPdf(readFileSync(join(folder, name)), { limits: defaultParseLimits });
  expectSoundDocument(parsed);
  const blocks = parsed.blocks.map((block) => ({ ...block, text: parsed.text.slice(block.start, block.end) }));
  return { ...parsed, blocks, tables: blocks.filter(({ kind }) => kind === "table") };
}

describe("PDFs of the wild", () => {
  it("in two columns are read column by column", async () => {
    const { text } = await read("unstructured__a1977-backus-p21.pdf");
    const places = ["We give one more example", "The operator <MLAST>", "operator <MLAST> works", "1) # E", "Fetch"];
    const found = places.map((place) => text.replace(/\s+/gu, " ").indexOf(place)).filter((at) => at >= 0);
    expect(found.length).toBeGreaterThanOrEqual(4);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(text).toContain("pCONS"); // letters that stand apart in the scan
  });

  it("give statements of accounts as tables with their periods, without the feet of pages", async () => {
    const { tables, text, warnings } = await read("kg-rag-datas__2023_Q3_AAPL.pdf");
    const operations = tables.find((table) => table.text.includes("| Total net sales |"));
    expect(operations?.columns).toEqual([
      "",
      "Three Months Ended July 1, 2023",
      "Three Months Ended June 25, 2022",
      "Nine Months Ended July 1, 2023",
      "Nine Months Ended June 25, 2022",
    ]);
    expect(operations?.text).toContain("| Products | $ 60,584 | $ 63,355 | $ 230,901 | $ 245,241 |");
    expect(text.match(/Apple Inc\. \| Q3 2023 Form 10-Q \| \d+/gu)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it("give tables without lines and with empty cells", async () => {
    const { tables } = await read("markitdown__SPARSE-2024-INV-1234_borderless_table.pdf");
    expect(tables).toHaveLength(2);
    expect(tables[0]?.columns).toEqual(["Product Code", "Location", "Expected", "Actual", "Variance", "Status"]);
    expect(tables[0]?.text).toContain("|  | B-07 |  | 289 | -23 |  |");
  });

  it("from right to left are in the order of reading, ligatures too", async () => {
    const { text } = await read("docling__right_to_left_01.pdf");
    expect(text.startsWith("تحسين الإنتاجية وحل المشكلات من خلال البرمجة بلغة R")).toBe(true);
    expect(text).toContain("بناءً على استنتاجات قائمة على البيانات.");
  });

  it("spell ligatures, keep code, and have what a form was filled in with", async () => {
    expect((await read("pdfjs__copy_paste_ligatures.pdf")).text).toBe("abcdeffffiflffifflststghijklmno");
    const { blocks } = await read("docling__code_and_formula.pdf");
    const code = blocks.find(({ kind }) => kind === "code")?.text;
    expect(code).toBe("function add(a, b) {\n    return a + b;\n}\nconsole.log(add(3, 5));");
    expect((await read("llama-datase__std274.pdf")).text).toContain("Alex Rivera");
  });

  it("say where their fonts lack a map, and keep what can be read", async () => {
    const { text, warnings } = await read("pdfjs__TAMReview.pdf");
    expect(warnings.map(({ code }) => code)).toEqual(["page_text_unmapped"]);
    expect(text).toContain("User acceptance of technology");
    expect(text).not.toContain("!$");
  });

  it("that are copy-protected are read like others", async () => {
    expect((await read("unstructured__copy-protected.pdf")).text).toContain("2 Z. Shen et al.");
  });
});
