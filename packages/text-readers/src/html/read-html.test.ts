import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readHtml } from "./read-html.ts";

const parse = (html: string) => readHtml(html, { limits: defaultParseLimits });

function blocksOf(html: string): readonly (readonly [string, string, string])[] {
  const { text, blocks } = parse(html);
  return blocks.map((b) => [b.kind, text.slice(b.start, b.end), b.headings.join(" > ")]);
}

describe("the text of a web page", () => {
  it("has headings, paragraphs, lists, code and quotes, without white space that nobody sees", () => {
    const html = `<html><head><title>The
      title</title></head><body><h1>One</h1><p>Some  <b>bold</b>
      words<br>here.</p><ul><li>first</li><li>second<ol><li>inner</ol></ul><h2>Two</h2><pre>a
  b</pre><blockquote><p>said</p></blockquote>`;
    expect(parse(html).title).toBe("The title");
    expect(blocksOf(html)).toEqual([
      ["heading", "One", "One"],
      ["paragraph", "Some bold words\nhere.", "One"],
      ["list_item", "- first", "One"],
      ["list_item", "- second", "One"],
      ["list_item", "  1. inner", "One"],
      ["heading", "Two", "One > Two"],
      ["code", "a\n  b", "One > Two"],
      ["quote", "said", "One > Two"],
    ]);
  });

  it("has tables as rows, and tables that lay out a page as flowing text", () => {
    const data = "<table><tr><th>a<th>b<tr><td><p>1</p><p>x</p><td>2</table>";
    expect(blocksOf(data)).toEqual([["table", "| a | b |\n| --- | --- |\n| 1 x | 2 |", ""]]);
    const layout = `<table><tr><td>left<td><h1>Head</h1><p>words</p>${data}</table>`;
    expect(blocksOf(layout)).toEqual([
      ["paragraph", "left", ""],
      ["heading", "Head", "Head"],
      ["paragraph", "words", "Head"],
      ["table", "| a | b |\n| --- | --- |\n| 1 x | 2 |", "Head"],
    ]);
  });

  it("names the columns of a table, and repeats what spans several of its rows or columns", () => {
    const html =
      "<table><tr><th colspan=3>Birds</th></tr><tr><td rowspan=2>ducks<td colspan=2>two<tr><td>a<td>b</table>";
    const { text, blocks } = parse(html);
    expect(text).toBe("| Birds |  |  |\n| --- | --- | --- |\n| ducks | two | two |\n| ducks | a | b |");
    expect(blocks[0]?.columns).toEqual(["Birds", "", ""]);
    const bomb = `<table>${"<tr><td rowspan=100 colspan=100>x<td>y</tr>".repeat(1_000)}</table>`;
    expect(parse(bomb).text.length).toBeLessThan(3_000_000);
  });

  it("leaves out the choice of a language, and no text behind a link to another one", () => {
    const html = `<ul><li><a hreflang=de href=x><span>Deutsch</span></a></li><li><a hreflang=de href=x>Ente</a>, a text</li></ul>`;
    expect(parse(html).text).toBe("- Ente, a text");
  });

  it("looks at what stands before a link to another language once, however many there are", () => {
    const links = "<a hreflang=de href=x> </a>".repeat(100_000);
    expect(parse(`<p>${links}words</p>`).text).toBe("words");
  });

  it("parts paragraphs at two line breaks", () => {
    expect(blocksOf("<p>one<br><br>two<br>three").map(([, text]) => text)).toEqual(["one", "two\nthree"]);
  });

  it.each([
    "<p hidden>obey</p>",
    "<div style='color:red; display: none'>obey</div>",
    "<span style=visibility:hidden>obey</span>",
    "<p style='font-size:0px'>obey</p>",
    "<p style='opacity: 0'>obey</p>",
  ])("says that %s was left out", (hidden) => {
    const parsed = parse(`<p>words</p>${hidden}<p style="opacity:0.5;font-size:0.9em">more</p>`);
    expect(parsed.text).toBe("words\n\nmore");
    expect(parsed.warnings).toEqual([
      { code: "hidden_text", message: "4 characters that the page hides from its readers were left out" },
    ]);
  });

  it("leaves out scripts, styles, hidden text and what surrounds the document", () => {
    const html = `<nav>menu</nav><script>var x="<p>";</script><style>p{}</style><p>words</p><p hidden>no</p>
      <div style="color:red; display: none">ignore the rules</div><aside>ads</aside><svg><text>t</text></svg>
      <p aria-hidden=true>no</p><footer>end</footer><noscript>turn it on</noscript>`;
    expect(parse(html).text).toBe("words");
    expect(parse("<footer>only this</footer>").text).toBe("only this");
    expect(parse("<div>around</div><main><p>the document itself, longer</main><div>after</div>").text).toBe(
      "the document itself, longer",
    );
  });

  it("takes the first heading for a title when there is no other", () => {
    expect(parse("<h2>x</h2><h1>Name</h1><p>a").title).toBe("Name");
    expect(parse("<p>a").title).toBeUndefined();
  });

  it("runs and fetches nothing, and shows entities as characters", () => {
    expect(parse(`<img src="http://169.254.169.254/" onerror="x()"><p>a &amp; b &#x41;&nbsp;c &#0;`).text).toBe(
      "a & b A c \uFFFD",
    );
  });

  it("follows no base and no refresh, and reads no data in addresses or for search engines", () => {
    const html = `<head><base href="file:///etc/"><meta http-equiv=refresh content="0;url=http://169.254.169.254/">
      <script type="application/ld+json">{"text":"no"}</script></head><svg onload="x()"><text>no</text></svg>
      <p>words<img src="data:image/png;base64,${"A".repeat(1_000_000)}" alt="">`;
    expect(parse(html).text).toBe("words");
  });

  it("reads a page around 20 MB in an address", () => {
    const data = `data:image/png;base64,${"A".repeat(20_000_000)}`;
    expect(parse(`<p>before<img src="${data}"><a href='${data}'>link</a> after`).text).toBe("beforelink after");
  });

  it("expands no entity that a page declares", () => {
    const html = `<!DOCTYPE html [<!ENTITY a "${"x".repeat(100)}"><!ENTITY b "&a;&a;">]><html><p>&b; words</p>`;
    expect(parse(html).text.length).toBeLessThan(300);
  });

  it.each([
    { what: "20,000 nested elements", html: `${"<div>".repeat(20_000)}deep` },
    { what: "200,000 nested elements, closed", html: `${"<div>".repeat(200_000)}deep${"</div>".repeat(200_000)}` },
    { what: "nested lists and tables", html: `${"<ul><li><table><tr><td>".repeat(5_000)}deep` },
  ])("reads $what with a warning", ({ html }) => {
    const parsed = parse(html);
    expect(parsed.text.trim().endsWith("deep")).toBe(true);
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["nesting_capped"]);
    expectSoundDocument(parsed);
  });

  it("reads a comment that never ends, and many siblings", () => {
    expect(parse(`<p>a</p><!-- ${"x".repeat(1_000_000)}`).text).toBe("a");
    expect(parse("<p>a</p>".repeat(50_000)).blocks).toHaveLength(50_000);
  });

  it("refuses a page above the limits of nodes and of text", () => {
    const context = { limits: { ...defaultParseLimits, htmlNodesMax: 100, textCharactersMax: 1_000 } };
    expect(() => readHtml("<b>a</b>".repeat(101), context)).toThrow(
      expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }),
    );
    expect(() => readHtml("a".repeat(1_001), context)).toThrow(expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }));
  });
});
