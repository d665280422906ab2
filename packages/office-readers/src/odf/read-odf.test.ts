import { expectSoundDocument, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { expect, it } from "vitest";
import { blocksOf } from "../../test/office-files.ts";
import { readOdf } from "./read-odf.ts";

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const namespaces = ["office", "text", "table", "style", "presentation"]
  .map((name) => `xmlns:${name}="${odf}:${name}:1.0"`)
  .join(" ");
const styles = `<office:automatic-styles>
  <style:style style:name="P1" style:parent-style-name="Title"/>
  <style:style style:name="T9"><style:text-properties text:display="none"/></style:style>
  <text:list-style style:name="L1"><text:list-level-style-number text:level="1"/></text:list-style></office:automatic-styles>`;

function writeOdf(body: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const content = `<office:document-content ${namespaces} xmlns:draw="${odf}:drawing:1.0"
    xmlns:dc="http://purl.org/dc/elements/1.1/">${styles}<office:body>${body}</office:body></office:document-content>`;
  return writeZip([
    { name: "content.xml", content },
    ...Object.entries(more).map(([name, text]) => ({ name, content: text })),
  ]);
}

async function read(body: string) {
  const parsed = await readOdf(writeOdf(body), { limits: defaultParseLimits });
  expectSoundDocument(parsed);
  return parsed;
}

it("reads a text with headings, lists, tables, notes and comments in order", async () => {
  const parsed = await read(`<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
    <text:p text:style-name="P1">The title</text:p><text:h text:outline-level="1">One</text:h>
    <text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d<text:span text:style-name="T9">hidden</text:span>
      <text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>the note</text:p></text:note-body></text:note>
      <office:annotation><dc:creator>A. Reviewer</dc:creator><dc:date>2026</dc:date><text:p>why?</text:p></office:annotation></text:p>
    <text:list text:style-name="L1"><text:list-item><text:p>first</text:p><text:p>more</text:p><text:list><text:list-item>
      <text:p>deep</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>second</text:p></text:list-item></text:list>
    <table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>x</text:p></table:table-cell>
      <table:covered-table-cell/></table:table-row><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell>
      <table:table-cell><text:p>2</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
      <table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row></table:table>`);
  expect(parsed.title).toBe("The title");
  expect(blocksOf(parsed)).toEqual([
    "heading: The title @ The title",
    "heading: One @ The title > One",
    "paragraph: a  b\tc\nd [^1] @ The title > One",
    "paragraph: [^1]: the note @ The title > One",
    "quote: A. Reviewer: why? @ The title > One > Comments",
    "list_item: 1. first @ The title > One",
    "list_item: more @ The title > One",
    "list_item:   - deep @ The title > One",
    "list_item: 2. second @ The title > One",
    "table: | x | x |\n| --- | --- |\n| 1 | 2 | @ The title > One",
  ]);
  expect(parsed.warnings.map(({ code }) => code)).toEqual(["hidden_text"]);
});

it("reads slides as pages", async () => {
  const frame = (content: string, kind = "") =>
    `<draw:frame ${kind}><draw:text-box>${content}</draw:text-box></draw:frame>`;
  const parsed = await read(`<draw:page>${frame("<text:p>Hello</text:p>", 'presentation:class="title"')}
    ${frame("<text:p>words</text:p>")}<presentation:notes>${frame("<text:p>say this</text:p>")}</presentation:notes></draw:page>
    <draw:page>${frame("<text:p>next</text:p>")}</draw:page>`);
  expect(blocksOf(parsed)).toEqual([
    "heading: Hello @ Hello",
    "paragraph: words @ Hello",
    "paragraph: say this @ Hello > Notes",
    "paragraph: next",
  ]);
  expect(parsed.pages.map(({ page }) => page)).toEqual([1, 2]);
});

it("refuses an encrypted document and one without content", async () => {
  const manifest = `<m:manifest xmlns:m="${odf}:manifest:1.0"><m:encryption-data/></m:manifest>`;
  const context = { limits: defaultParseLimits };
  await expect(readOdf(writeOdf("", { "META-INF/manifest.xml": manifest }), context)).rejects.toMatchObject({
    code: "DOCUMENT_ENCRYPTED",
  });
  await expect(readOdf(writeZip([{ name: "styles.xml", content: "<a/>" }]), context)).rejects.toMatchObject({
    details: { problem: "missing_part" },
  });
});

it("reads a number of spaces that cannot be", async () => {
  const { text } = await read(`<text:p>a<text:s text:c="-1"/>b<text:s text:c="1e9"/>c</text:p>`);
  expect(text).toBe("ab c");
});
