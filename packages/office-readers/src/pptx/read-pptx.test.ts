import { expectSoundDocument, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { expect, it } from "vitest";
import { blocksOf, relationships } from "../../test/office-files.ts";
import { readPptx } from "./read-pptx.ts";

const namespaces = `xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
  xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`;
const paragraph = (text: string, properties = "") =>
  `<a:p><a:pPr>${properties}</a:pPr><a:r><a:t>${text}</a:t></a:r></a:p>`;
const shape = (content: string, placeholder = "") =>
  `<p:sp><p:nvPr>${placeholder}</p:nvPr><p:txBody>${content}</p:txBody></p:sp>`;
const cell = (text: string, attributes = "") => `<a:tc ${attributes}>${paragraph(text)}</a:tc>`;
const slide = (content: string, attributes = "") =>
  `<p:sld ${namespaces} ${attributes}><p:spTree>${content}</p:spTree></p:sld>`;

function writePptx(slides: readonly string[], order = slides.map((_, i) => i + 1)): Buffer {
  const ids = order.map((id) => `<p:sldId r:id="rId${id}"/>`).join("");
  const links = relationships([
    ["chart", "../charts/chart1.xml"],
    ["notesSlide", "../notesSlides/notes1.xml"],
  ]);
  return writeZip([
    { name: "ppt/presentation.xml", content: `<p:presentation ${namespaces}>${ids}</p:presentation>` },
    {
      name: "ppt/_rels/presentation.xml.rels",
      content: relationships(slides.map((_, i) => ["slide", `slides/slide${i + 1}.xml`])),
    },
    ...slides.map((content, i) => ({ name: `ppt/slides/slide${i + 1}.xml`, content })),
    { name: "ppt/slides/_rels/slide1.xml.rels", content: links },
    {
      name: "ppt/notesSlides/notes1.xml",
      content: slide(
        shape(paragraph("3"), '<p:ph type="sldNum"/>') + shape(paragraph("say this"), '<p:ph type="body"/>'),
      ),
    },
    {
      name: "ppt/charts/chart1.xml",
      content: `<c:chartSpace ${namespaces}><c:title>${paragraph("Sales")}</c:title><c:ser><c:tx><c:v>2025</c:v></c:tx>
        <c:cat><c:pt idx="0"><c:v>north</c:v></c:pt></c:cat><c:val><c:pt idx="0"><c:v>12</c:v></c:pt></c:val></c:ser></c:chartSpace>`,
    },
  ]);
}

const read = (bytes: Uint8Array) => readPptx(bytes, { limits: defaultParseLimits });

it("reads slides as pages, each with its title, text, table, chart and notes", async () => {
  const first = [
    shape(paragraph("point") + paragraph("below", '<a:buChar char="-"/>'), '<p:ph idx="1"/>'),
    `<p:grpSp>${shape(paragraph("grouped"))}</p:grpSp>`,
    shape(paragraph("The title"), '<p:ph type="ctrTitle"/>'),
    `<a:tbl><a:tr>${cell("a", 'gridSpan="2"')}${cell("", 'hMerge="1"')}</a:tr><a:tr>${cell("1", 'rowSpan="2"')}${cell("2")}</a:tr><a:tr>${cell("", 'vMerge="1"')}${cell("3")}</a:tr></a:tbl>`,
    `<c:chart r:id="rId1"/>`,
    shape(paragraph("7"), '<p:ph type="sldNum"/>'),
  ];
  const parsed = await read(
    writePptx([slide(first.join("")), slide(shape(paragraph("second")), 'show="0"'), slide("")]),
  );
  expectSoundDocument(parsed);
  expect(blocksOf(parsed)).toEqual([
    "heading: The title @ The title",
    "list_item: - point @ The title",
    "list_item: - below @ The title",
    "paragraph: grouped @ The title",
    "table: | a | a |\n| --- | --- |\n| 1 | 2 |\n| 1 | 3 | @ The title",
    "paragraph: Sales @ The title",
    "table: |  | 2025 |\n| --- | --- |\n| north | 12 | @ The title",
    "paragraph: say this @ The title > Notes",
    "paragraph: second",
  ]);
  expect(parsed.pages.map(({ page, start, end }) => [page, parsed.text.slice(start, end).slice(0, 9)])).toEqual([
    [1, "The title"],
    [2, "second"],
    [3, ""],
  ]);
  expect(parsed.warnings.map(({ code }) => code)).toEqual(["slide_hidden", "page_without_text"]);
});

it("follows the order of the show, and tells of slides that are missing", async () => {
  const parsed = await read(writePptx([slide(shape(paragraph("one"))), slide(shape(paragraph("two")))], [2, 9, 1]));
  expect(parsed.text).toBe("two\n\none\n\nsay this");
  expect(parsed.pages).toHaveLength(3);
  expect(parsed.warnings.map(({ code }) => code)).toEqual(["page_unreadable"]);
});

it("refuses more slides than the limit of pages", async () => {
  const bytes = writePptx(
    [slide("")],
    Array.from({ length: 11 }, () => 1),
  );
  await expect(readPptx(bytes, { limits: { ...defaultParseLimits, pagesMax: 10 } })).rejects.toMatchObject({
    code: "DOCUMENT_TOO_LARGE",
    details: { setting: "LARDER_PARSE_PAGES_MAX", pages: 11 },
  });
});

it("reads paragraphs of a level that cannot be", async () => {
  const content = ["-1", "9".repeat(30), "x"].map((level) =>
    paragraph("point", `<a:pPr lvl="${level}"><a:buChar char="x"/></a:pPr>`),
  );
  const { blocks } = await read(writePptx([slide(shape(content.join("")))]));
  expect(blocks.slice(0, 3).map(({ kind }) => kind)).toEqual(["list_item", "list_item", "list_item"]);
});
