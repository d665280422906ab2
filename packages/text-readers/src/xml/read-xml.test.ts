import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readXml } from "./read-xml.ts";

const parse = (xml: string) => readXml(xml, { limits: defaultParseLimits });

function blocksOf(xml: string): readonly (readonly [string, string, string])[] {
  const { text, blocks } = parse(xml);
  return blocks.map((b) => [b.kind, text.slice(b.start, b.end), b.headings.join(" > ")]);
}

describe("the text of XML", () => {
  it("is paragraphs under the titles of their sections", () => {
    const xml = `<article xmlns:x="y"><front><title-group><article-title>On <italic>ducks</italic></article-title></title-group>
      </front><body><sec><title>One</title><p>Water is H<sub>2</sub>O
      (<xref>1</xref>).</p><sec><title>Inner</title><p>Deep.</p></sec></sec><sec><title>Two</title><p>End.</p>
      <list><list-item><p>item</p></list-item></list></sec></body></article>`;
    expect(parse(xml).title).toBe("On ducks");
    expect(blocksOf(xml)).toEqual([
      ["heading", "On ducks", "On ducks"],
      ["heading", "One", "One"],
      ["paragraph", "Water is H2O (1).", "One"],
      ["heading", "Inner", "One > Inner"],
      ["paragraph", "Deep.", "One > Inner"],
      ["heading", "Two", "Two"],
      ["paragraph", "End.", "Two"],
      ["paragraph", "item", "Two"],
    ]);
  });

  it("has tables of both kinds, and paragraphs inside paragraphs in order", () => {
    const rows = "<thead><tr><th>a</th><th>b</th></tr></thead><tr><td>1</td><td>2</td></tr>";
    const cals = "<tgroup><row><entry>x</entry><entry>y</entry></row></tgroup>";
    const xml = `<doc><p>before <table>${rows}</table> after</p><p>z</p>${cals}</doc>`;
    const { blocks } = parse(xml);
    expect(blocksOf(xml).map(([kind, text]) => [kind, text])).toEqual([
      ["paragraph", "before"],
      ["table", "| a | b |\n| --- | --- |\n| 1 | 2 |"],
      ["paragraph", "after"],
      ["paragraph", "z"],
      ["table", "| x | y |\n| --- | --- |"],
    ]);
    expect(blocks.flatMap(({ columns }) => (columns === undefined ? [] : [columns]))).toEqual([
      ["a", "b"],
      ["x", "y"],
    ]);
  });

  it("is lines and tables for data, attributes included", () => {
    const xml = `<?xml version="1.0"?><site host="h" xmlns="urn:x"><port>80</port><user><name>A &amp; B</name><age>1</age></user>
      <user><name>C</name><age>&#50;</age></user></site>`;
    expect(parse(xml).text).toBe(
      "site.host: h\nsite.port: 80\n\nsite.user:\n| name | age |\n| --- | --- |\n| A & B | 1 |\n| C | 2 |",
    );
  });

  it("reads characters that are marked as such, and neither comments nor instructions", () => {
    expect(parse("<a><p>x <![CDATA[<b> & c]]></p><!-- no --><?no no?></a>").text).toBe("x <b> & c");
  });

  it.each([
    { what: "entities that multiply", xml: '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>' },
    { what: "an entity that is a file", xml: '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>' },
    { what: "a parameter entity", xml: "<!DOCTYPE l [<!ELEMENT l ANY> %remote;]><l>x</l>" },
    { what: "100,000 nested elements", xml: `${"<a>".repeat(100_000)}x` },
  ])("refuses $what", ({ xml }) => {
    expect(() => parse(xml)).toThrow(expect.objectContaining({ code: "DOCUMENT_MALFORMED" }));
  });

  it("reads a document type without declarations, and fetches nothing of it", () => {
    expect(parse('<!DOCTYPE a SYSTEM "http://169.254.169.254/x.dtd" [ ]><a><p>words</p></a>').text).toBe("words");
  });

  it("reads an attribute of a million characters, cut documents and many siblings", () => {
    expect(parse(`<a b="${"x".repeat(1_000_000)}"><p>words</p></a>`).text).toBe("words");
    expect(parse("<a><p>one</p><p>two").text).toBe("one\n\ntwo");
    const many = parse(`<a>${"<p>x</p>".repeat(50_000)}</a>`);
    expect(many.blocks).toHaveLength(50_000);
    expectSoundDocument(many);
  });

  it("refuses more elements than the limit", () => {
    const limits = { ...defaultParseLimits, htmlNodesMax: 100 };
    expect(() => readXml("<a>".concat("<b/>".repeat(200)), { limits })).toThrow(
      expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }),
    );
  });
});
