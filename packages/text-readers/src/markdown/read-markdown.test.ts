import { describe, expect, it } from "vitest";
import { markdownSections } from "./markdown-sections.ts";
import { readMarkdownStructure } from "./read-markdown.ts";

function blocksOf(text: string): readonly (readonly [string, string, string])[] {
  return readMarkdownStructure(text).blocks.map((b) => [b.kind, text.slice(b.start, b.end), b.headings.join(" > ")]);
}

describe("the structure of Markdown", () => {
  it("has headings with their paths, without the marks in them", () => {
    const text = "# The *first* [one](x)\n\nIntro.\n\n## Deep `code` ##\ntext\n\nNext\n----\n\n# Second\n";
    expect(blocksOf(text)).toEqual([
      ["heading", "# The *first* [one](x)", "The first one"],
      ["paragraph", "Intro.", "The first one"],
      ["heading", "## Deep `code` ##", "The first one > Deep code"],
      ["paragraph", "text", "The first one > Deep code"],
      ["heading", "Next\n----", "The first one > Next"],
      ["heading", "# Second", "Second"],
    ]);
    expect(readMarkdownStructure(text).title).toBe("The first one");
  });

  it("has one block for each item's own text, marks included", () => {
    expect(blocksOf("- one\n- two\n  - inner\n  more\n\n1. first\n")).toEqual([
      ["list_item", "- one", ""],
      ["list_item", "- two", ""],
      ["list_item", "- inner\n  more", ""],
      ["list_item", "1. first", ""],
    ]);
  });

  it("keeps tables, code and quotes whole", () => {
    const table = "| a | b |\n| - | - |\n| 1 | 2 |";
    const code = "```js\n# no heading\n\nx\n```";
    expect(blocksOf(`${table}\n\n${code}\n\n> said\n> so\n`)).toEqual([
      ["table", table, ""],
      ["code", code, ""],
      ["quote", "> said\n> so", ""],
    ]);
  });

  it("names the columns of a table", () => {
    const { blocks } = readMarkdownStructure("| a | `b` \\| c |\n|---|:-:|\n| 1 | 2 |\n\nx | y\n-|-\n1 | 2\n");
    expect(blocks.map(({ columns }) => columns)).toEqual([
      ["a", "`b` | c"],
      ["x", "y"],
    ]);
  });

  it("keeps links and pictures as they are written, whatever they point to", () => {
    const text =
      "![a](http://x/?q=1) ![b][r] <img src=x onerror=y> <http://x> [c](javascript:x) [d](data:text/html,x)\n\n[r]: http://x\n";
    expect(blocksOf(text).map(([, source]) => source)).toEqual(text.trim().split("\n\n"));
    expect(readMarkdownStructure("# ![alt](http://x/?q=1) <b>x</b>\n").title).toBe("alt x");
  });

  it("takes the title from front matter, which is a block of its own", () => {
    const text = '---\ntitle: "A: title"\ntags: [x]\n---\n# Heading\n';
    expect(readMarkdownStructure(text).title).toBe("A: title");
    expect(blocksOf(text)).toEqual([
      ["code", '---\ntitle: "A: title"\ntags: [x]\n---', ""],
      ["heading", "# Heading", "Heading"],
    ]);
  });

  it("reads a rule at the start as a rule", () => {
    expect(blocksOf("---\n\nJust words here\n\n---\n").map(([kind]) => kind)).toEqual([
      "paragraph",
      "paragraph",
      "paragraph",
    ]);
  });

  it.each([
    { what: "a thousand list marks in a line", text: `${"- ".repeat(1_000)}x` },
    { what: "very many brackets", text: "[".repeat(100_000) },
    { what: "very many stars", text: "a**b_".repeat(50_000) },
    { what: "one line of a million characters", text: "a".repeat(1_000_000) },
  ])("reads $what in time", ({ text }) => {
    const { blocks } = readMarkdownStructure(text);
    expect(blocks.at(0)?.start).toBe(0);
    expect(blocks.at(-1)?.end).toBe(text.length);
  });

  it("finds the same blocks in a text that is read in sections", () => {
    const part = "# Head\n\nWords\n\n```sh\n# comment\n\nWords\n```\n\n<!--\n\n# out\n-->\n\n- a\n\n  b\n- c\n\n1. d\n";
    const once = blocksOf(part).map(([kind, source]) => [kind, source]);
    const text = part.repeat(1_500); // four sections of 32 Ki characters, the last of them shorter
    expect([...markdownSections(text, 0)].length).toBeGreaterThan(3);
    const many = blocksOf(text).map(([kind, source]) => [kind, source]);
    expect(many).toEqual(Array.from({ length: 1_500 }, () => once).flat());
  });

  it("reads a table of a hundred thousand rows, as it reads a short one", () => {
    const table = (rows: number) => `| a | b |\n|---|:-:|\n${"| 1 | 2 |\n".repeat(rows)}`;
    for (const after of ["", "\nwords", "\n\n# Head"]) {
      const kinds = [100_000, 2].map((rows) => blocksOf(`Intro.\n\n${table(rows)}${after}`).map(([kind]) => kind));
      expect(kinds[0]).toEqual(kinds[1]);
    }
    const { blocks } = readMarkdownStructure(table(100_000));
    expect(blocks).toMatchObject([{ kind: "table", start: 0, columns: ["a", "b"] }]);
    const other = `| a | b |\n|---|\n${"| 1 |\n".repeat(300)}`; // as many cells as names, or it is none
    expect(blocksOf(other).map(([kind]) => kind)).toEqual(["paragraph"]);
  });

  it("takes items that stand too far in as plain text, and looks once at blank lines in front matter", () => {
    const deep = Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(2 * i)}- a\n`).join("");
    expect(readMarkdownStructure(deep).warnings.map(({ code }) => code)).toEqual(["structure_skipped"]);
    expect(readMarkdownStructure(`---\n${"\n".repeat(60_000)}x\n---\n`).blocks.at(-1)?.kind).not.toBe("code");
  });

  it.each([
    { what: "brackets on lines of their own", text: "[\n".repeat(500_000) },
    { what: "half definitions", text: "[a]\n".repeat(250_000) },
    { what: "quotes in quotes", text: `${">".repeat(150)} a\n`.repeat(5_000) },
    { what: "items in items", text: `${"- ".repeat(190)}a\n`.repeat(2_000) },
  ])("takes $what as plain text, which no one can read in time", ({ text }) => {
    const { blocks, warnings } = readMarkdownStructure(text);
    expect(warnings).toEqual([
      {
        code: "structure_skipped",
        message: `the Markdown structure of ${text.length} characters could not be read: taken as plain text`,
      },
    ]);
    expect([blocks.at(0)?.start, blocks.at(-1)?.end]).toEqual([0, text.length - 1]);
  });

  it("keeps the structure of all sections but the one that cannot be read", () => {
    const list = "- item\n".repeat(600);
    const { blocks, warnings } = readMarkdownStructure(
      `${list}\n# Deep\n\n${"- ".repeat(300)}a\n${"\nwords".repeat(600)}\n\n${list}`,
    );
    expect(warnings.map(({ code }) => code)).toEqual(["structure_skipped"]);
    expect(blocks.at(0)?.kind).toBe("list_item");
    expect(blocks.at(-1)?.kind).toBe("list_item");
  });

  it("has one block for each item of a long numbered list", () => {
    const text = "1. plum\n".repeat(2_000);
    expect([...markdownSections(text, 0)].length).toBeGreaterThan(2);
    expect(blocksOf(text).filter(([kind, source]) => kind === "list_item" && source === "1. plum")).toHaveLength(2_000);
  });

  it("has no blocks for an empty text", () => {
    expect(readMarkdownStructure("")).toEqual({ blocks: [], warnings: [] });
  });
});
