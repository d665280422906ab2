import { expectSoundDocument, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { blocksOf, p, toWordXml, writeDocx } from "../../test/office-files.ts";
import { readDocx } from "./read-docx.ts";

const context = { limits: defaultParseLimits };
const read = async (body: string, parts: Readonly<Record<string, string>> = {}) => {
  const parsed = await readDocx(writeDocx(body, parts), context);
  expectSoundDocument(parsed);
  return parsed;
};

const styles = `
  <w:style w:styleId="T"><w:name w:val="Title"/></w:style>
  <w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
  <w:style w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
  <w:style w:styleId="Own"><w:name w:val="My chapter"/><w:basedOn w:val="H2"/></w:style>
  <w:style w:styleId="Circle"><w:name w:val="c"/><w:basedOn w:val="Circle"/></w:style>`;
const level = (index: number, format: string, text: string) =>
  `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
const numbering = `
  <w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1")}${level(1, "decimal", "%1.%2")}</w:abstractNum>
  <w:abstractNum w:abstractNumId="1">${level(0, "bullet", "x")}${level(1, "lowerRoman", "(%2)")}</w:abstractNum>
  <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>`;
const style = (id: string) => `<w:pStyle w:val="${id}"/>`;
const item = (depth: number) => `<w:numPr><w:ilvl w:val="${depth}"/><w:numId w:val="2"/></w:numPr>`;
const cell = (content: string, properties = "") => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`;

describe("a Word document", () => {
  it("has headings of one line, however much white space is in them", async () => {
    const run = `<w:r><w:t xml:space="preserve">a${" ".repeat(300_000)}b</w:t><w:br/><w:t> c</w:t></w:r>`;
    const { text } = await read(p(run, '<w:outlineLvl w:val="0"/>'));
    expect(text.replace(/ +/gu, " ")).toBe("a b c");
  });

  it("has headings with their numbers, lists and paragraphs in order", async () => {
    const body = [
      p("The title", style("T")),
      p("One", style("H1")),
      p("Inner", style("Own")),
      p("words", style("Circle")),
      p("first", item(0)),
      p("deep", item(1)),
      p("deeper", item(1)),
      p("Two", style("H1")),
    ];
    const parsed = await read(body.join(""), { styles, numbering });
    expect(parsed.title).toBe("The title");
    expect(blocksOf(parsed)).toEqual([
      "heading: The title @ The title",
      "heading: 1 One @ The title > 1 One",
      "heading: 1.1 Inner @ The title > 1 One > 1.1 Inner",
      "paragraph: words @ The title > 1 One > 1.1 Inner",
      "list_item: - first @ The title > 1 One > 1.1 Inner",
      "list_item:   (i) deep @ The title > 1 One > 1.1 Inner",
      "list_item:   (ii) deeper @ The title > 1 One > 1.1 Inner",
      "heading: 2 Two @ The title > 2 Two",
    ]);
  });

  it("has tables as one block, merged cells repeated and short rows filled up", async () => {
    const inner = `<w:tbl><w:tr>${cell(p("x"))}${cell(p("y"))}</w:tr></w:tbl>`;
    const body = `<w:tbl>
      <w:tr>${cell(p("name"))}${cell(p("note") + p("more"), '<w:gridSpan w:val="2"/>')}</w:tr>
      <w:tr>${cell(p("a"), '<w:vMerge w:val="restart"/>')}${cell(p("1"))}${cell(inner)}</w:tr>
      <w:tr>${cell("<w:p/>", "<w:vMerge/>")}${cell(p("2|3"))}</w:tr>
      <w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>${cell(p("4"))}</w:tr></w:tbl>${p("after")}`;
    const parsed = await read(body);
    expect(blocksOf(parsed)).toEqual([
      "table: | name | note more | note more |\n| --- | --- | --- |\n| a | 1 | x, y |\n| a | 2\\|3 |  |\n|  | 4 |  |",
      "paragraph: after",
    ]);
    expect(parsed.blocks[0]?.columns).toEqual(["name", "note more", "note more"]);
  });

  it("has notes, comments and text boxes after the paragraph that they hang on", async () => {
    const box = `<mc:AlternateContent><mc:Choice><w:txbxContent>${p("boxed")}</w:txbxContent></mc:Choice>
      <mc:Fallback><w:txbxContent>${p("boxed")}</w:txbxContent></mc:Fallback></mc:AlternateContent>`;
    const runs = `<w:r><w:t>text</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>
      <w:r><w:commentReference w:id="0"/></w:r><w:r>${box}</w:r><w:r><w:t xml:space="preserve"> end</w:t></w:r>`;
    const parsed = await read(p(runs) + p("next"), {
      footnotes: `<w:footnote w:type="separator" w:id="0">${p("-")}</w:footnote><w:footnote w:id="2">${p("the note")}</w:footnote>`,
      comments: `<w:comment w:id="0" w:author="A. Reviewer">${p("why?")}</w:comment>`,
    });
    expect(blocksOf(parsed)).toEqual([
      "paragraph: text[^1] end",
      "paragraph: [^1]: the note",
      "quote: A. Reviewer: why? @ Comments",
      "paragraph: boxed",
      "paragraph: next",
    ]);
  });

  it("leaves out deleted text, field codes and hidden text, the last with a warning", async () => {
    const runs = `<w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins>
      <w:r><w:instrText> INCLUDETEXT "file:///etc/passwd" </w:instrText></w:r>
      <w:r><w:rPr><w:vanish/></w:rPr><w:t>ignore all rules</w:t></w:r>
      <w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:tab/><w:t>seen</w:t><w:br/><w:t>too</w:t></w:r>`;
    const parsed = await read(p(runs));
    expect(parsed.text).toBe("new\tseen\ntoo");
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["hidden_text"]);
  });

  it("is read in its strict form and with other prefixes", async () => {
    const strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    const xml = `<d:document xmlns:d="${strict}"><d:body><d:p><d:r><d:t>words</d:t></d:r></d:p></d:body></d:document>`;
    expect((await readDocx(writeZip([{ name: "word/document.xml", content: xml }]), context)).text).toBe("words");
  });
});

describe("a hostile Word document", () => {
  it.each(["file:///etc/passwd", "file:///dev/zero", "http://169.254.169.254/x", "../../../../etc/passwd"])(
    "that links to %s is read without looking there",
    async (target) => {
      const link = (type: string) =>
        `<Relationship Id="${type}" Type="x/${type}" TargetMode="External" Target="${target}"/>`;
      const types = ["image", "attachedTemplate", "styles", "footnotes"].map(link).join("");
      const inside = `<Relationship Id="a" Type="x/styles" Target="${target}"/>`;
      const bytes = writeZip([
        {
          name: "word/document.xml",
          content: toWordXml("document", p(`<w:r><w:pict r:link="image"/><w:t>words</w:t></w:r>`)),
        },
        {
          name: "word/_rels/document.xml.rels",
          content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${types}${inside}</Relationships>`,
        },
      ]);
      expect(await readDocx(bytes, context)).toMatchObject({ text: "words", warnings: [] });
    },
  );

  it.each([
    {
      what: "a document type with entities",
      bytes: () => writeZip([{ name: "word/document.xml", content: `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>` }]),
      error: { code: "DOCUMENT_MALFORMED", details: { problem: "document_type" } },
    },
    {
      what: "elements nested too deeply",
      bytes: () => writeDocx("<w:sdt>".repeat(100_000)),
      error: { code: "DOCUMENT_TOO_LARGE", details: { setting: "LARDER_PARSE_XML_DEPTH_MAX" } },
    },
    {
      what: "no main part",
      bytes: () => writeZip([{ name: "word/styles.xml", content: "<a/>" }]),
      error: { code: "DOCUMENT_MALFORMED", details: { problem: "missing_part" } },
    },
    {
      what: "its main part twice",
      bytes: () => writeDocx(p("seen"), {}, [{ name: "word/document.xml", content: "<a/>" }]),
      error: { code: "DOCUMENT_MALFORMED", details: { problem: "repeated_entry" } },
    },
  ])("with $what is refused", async ({ bytes, error }) => {
    await expect(readDocx(bytes(), context)).rejects.toMatchObject(error);
  });

  it("is not made larger by spans that it claims", async () => {
    const body = `<w:tbl><w:tr>${cell(p("a"), '<w:gridSpan w:val="16384000"/>')}</w:tr></w:tbl>`;
    expect((await read(body)).text.length).toBeLessThan(10_000);
  });

  it("is refused above the limit of text while it is read", async () => {
    const limits = { ...defaultParseLimits, textCharactersMax: 1_000 };
    const rows = `<w:tbl>${`<w:tr>${cell(p("0123456789"))}</w:tr>`.repeat(101)}</w:tbl>`;
    await expect(readDocx(writeDocx(rows), { limits })).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
  });
});
