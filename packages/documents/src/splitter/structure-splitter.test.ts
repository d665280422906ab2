import type { BlockKind, ParsedDocument, TextBlock } from "@larder/contracts";
import { expectSoundPassages } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { readMarkdown } from "@larder/text-readers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainTokenCounter } from "../../test/plain-token-counter.ts";
import { createStructureSplitter } from "./structure-splitter.ts";

const letters = { id: "letters", count: (text: string) => text.replace(/\s/gu, "").length };

function markdown(text: string): ParsedDocument {
  return readMarkdown(text, { limits: defaultParseLimits });
}

function oneBlock(text: string, kind: BlockKind = "paragraph"): ParsedDocument {
  const blocks: TextBlock[] = [{ kind, start: 0, end: text.length, headings: [] }];
  return { text, mediaType: "text/plain", blocks, pages: [], warnings: [] };
}

function split(
  document: ParsedDocument,
  passageTokensTarget = 200,
  passageTokensMax = 320,
  tokenCounter = plainTokenCounter,
) {
  const passages = createStructureSplitter({ tokenCounter, passageTokensTarget, passageTokensMax }).split(document);
  expectSoundPassages(document.text, passages);
  for (const { text, tokens } of passages) expect(tokens).toBe(tokenCounter.count(text));
  return passages;
}

const textsOf = (passages: readonly { readonly text: string }[]): readonly string[] => passages.map(({ text }) => text);

describe("the splitter", () => {
  it("starts a passage with each heading and keeps the heading with its text", () => {
    const passages = split(markdown("Before.\n\n# A\n\none\n\ntwo\n\n## B\n\nthree\n"));
    expect(textsOf(passages)).toEqual(["Before.", "# A\n\none\n\ntwo", "## B\n\nthree"]);
    expect(passages.map(({ headings }) => headings)).toEqual([[], ["A"], ["A", "B"]]);
    expect(passages.map(({ lead }) => lead)).toEqual(["", "\n\n", "\n\n"]);
  });

  it("puts headings without text of their own with what follows", () => {
    expect(textsOf(split(markdown("# A\n## B\n### C\ntext\n# D\n")))).toEqual(["# A\n## B\n### C\ntext", "# D"]);
    const long = "word ".repeat(100).trim();
    const [first] = split(markdown(`# Head\n\n${long}`), 20, 30);
    expect(first?.text.startsWith("# Head\n\nword word")).toBe(true);
  });

  it("packs small blocks to the target and leaves larger ones whole up to the maximum", () => {
    const text = ["aa bb", "cc dd", "e f g h i j k l m n o p", "qq"].join("\n\n");
    expect(textsOf(split(markdown(text), 5, 12))).toEqual(["aa bb\n\ncc dd", "e f g h i j k l m n o p", "qq"]);
  });

  it("cuts long text between sentences, not where a line was full", () => {
    const text = "One two\nthree four. Five six seven\neight. Nine ten.";
    expect(textsOf(split(oneBlock(text), 6, 8))).toEqual([
      "One two\nthree four.",
      "Five six seven\neight.",
      "Nine ten.",
    ]);
  });

  it("cuts a long sentence between words, and a long word between graphemes", () => {
    expect(textsOf(split(oneBlock("aaa bbb ccc ddd"), 7, 7, letters))).toEqual(["aaa bbb", "ccc ddd"]);
    const family = "\u{1F469}\u200D\u{1F469}\u200D\u{1F467}";
    expect(textsOf(split(oneBlock(family.repeat(3)), 8, 8, letters))).toEqual([family, family, family]);
    expect(textsOf(split(oneBlock("e\u0301".repeat(4)), 4, 4, letters))).toEqual(["e\u0301e\u0301", "e\u0301e\u0301"]);
  });

  it("goes above the maximum for nothing but one grapheme", () => {
    const zalgo = `e${"\u0301".repeat(500)}`;
    expect(textsOf(split(oneBlock(`ab ${zalgo} cd`), 3, 3, letters))).toEqual(["ab", zalgo, "cd"]);
  });

  it("cuts tables and code at line ends, and only above the maximum", () => {
    const rows = Array.from({ length: 6 }, (_, i) => `a${i}. B${i}`).join("\n");
    expect(textsOf(split(oneBlock(rows, "table"), 6, 20))).toHaveLength(1);
    expect(textsOf(split(oneBlock(rows, "code"), 6, 8))).toEqual([
      "a0. B0\na1. B1",
      "a2. B2\na3. B3",
      "a4. B4\na5. B5",
    ]);
  });

  describe("cutting a table", () => {
    const rows = (count: number): string => Array.from({ length: count }, (_, i) => `| Ann${i} | ${i} km |`).join("\n");
    const tableOf = (body: string, columns: readonly string[] = ["Name", "Distance"]): ParsedDocument => {
      const before = "# Runs\n\n";
      const text = `${before}| Name | Distance |\n| --- | --- |\n${body}`;
      const headings = ["Runs"];
      const blocks: TextBlock[] = [
        { kind: "heading", start: 0, end: 6, headings },
        { kind: "table", start: before.length, end: text.length, headings, columns },
      ];
      return { text, mediaType: "text/markdown", blocks, pages: [], warnings: [] };
    };

    it("puts the columns' names above each passage that does not have the header itself", () => {
      const passages = split(tableOf(rows(9)), 30, 40);
      expect(passages.length).toBeGreaterThan(2);
      expect(passages[0]?.text).toMatch(/^# Runs\n\n\| Name \| Distance \|/u);
      expect(passages.map(({ headings }) => headings)).toEqual([
        ["Runs"],
        ...passages.slice(1).map(() => ["Runs", "Name | Distance"]),
      ]);
      for (const line of textsOf(passages).join("\n").split("\n").slice(2)) expect(line).toMatch(/^\|.*\|$/u);
    });

    it("caps what the names may take and leaves nameless columns away", () => {
      const wide = Array.from({ length: 500 }, (_, i) => `column ${i}`);
      const last = (columns: readonly string[]) =>
        split(tableOf(rows(9), columns), 30, 40)
          .at(-1)
          ?.headings.at(-1);
      expect(last(wide)?.length).toBeLessThan(420);
      expect(last(wide)).toMatch(/^column 0 \| column 1 \|.* \| …$/u);
      expect(last(["x".repeat(3_000)])).toBe(`${"x".repeat(400)}…`);
      expect(last(["", " "])).toBe("Runs");
    });

    it("cuts a row that is longer than a passage between its cells, and a cell between sentences", () => {
      const row = `| ${Array.from({ length: 12 }, (_, i) => `cell ${i}. More`).join(" | ")} |`;
      const cells = split(oneBlock(row, "table"), 20, 20);
      expect(cells.length).toBeGreaterThan(2);
      for (const { text } of cells.slice(1)) expect(text).toMatch(/^cell \d+\. More \|/u);
      expect(textsOf(split(oneBlock("| One two three. Four five six. |", "table"), 6, 6))).toEqual([
        "| One two three.",
        "Four five six. |",
      ]);
    });

    it("does not cut inside a row when a table joined a heading by an estimate that was too low", () => {
      const tricky = {
        id: "seams",
        count: (text: string) => plainTokenCounter.count(text) + (text.includes("\n\n|") ? 9 : 0),
      };
      const passages = split(tableOf(rows(3)), 30, 38, tricky);
      expect(passages.length).toBeGreaterThan(1);
      for (const { text } of passages.slice(1)) expect(text).toMatch(/^\| Ann/u);
    });
  });

  it("lets no passage go on behind its page", () => {
    const text = "One short line.\n\nTwo short words.\n\nThree.";
    const pages = [
      { page: 1, start: 0, end: 15 },
      { page: 2, start: 17, end: text.length },
    ];
    expect(split({ ...markdown(text), pages }).map(({ page, text }) => [page, text])).toEqual([
      [1, "One short line."],
      [2, "Two short words.\n\nThree."],
    ]);
  });

  it("names the page on which a passage starts", () => {
    const text = "# A\n\none\n\n# B\n\ntwo";
    const pages = [
      { page: 1, start: 0, end: 8 },
      { page: 2, start: 8, end: 8 },
      { page: 3, start: 10, end: text.length },
    ];
    expect(split({ ...markdown(text), pages }).map(({ page }) => page)).toEqual([1, 3]);
  });

  it("gives no passage for a text without any non-space character", () => {
    expect(split(oneBlock(""))).toEqual([]);
    expect(split(oneBlock(" \n\u3000"))).toEqual([]);
  });

  it("covers text that no block holds", () => {
    expect(textsOf(split({ ...oneBlock("lost words"), blocks: [] }))).toEqual(["lost words"]);
  });

  it("keeps every promise for any Markdown and any limits", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "# ",
        "\n\n",
        "\n",
        "- ",
        "```\n",
        "| a | b |\n|-|-|\n",
        ". ",
        " ",
        "。",
        "\u0301",
        "\u200D",
        "\u{1F469}",
        "\u{1F3FB}",
        "中文",
        "กขค",
        "---",
      ),
      fc.lorem({ mode: "sentences", maxCount: 3 }),
      fc.string({ unit: "binary", maxLength: 12 }),
    );
    const source = fc.array(piece, { maxLength: 40 }).map((pieces) =>
      pieces
        .join("")
        .replace(/[\r\0]/gu, " ")
        .replace(/\p{Surrogate}/gu, "?"),
    );
    const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
    fc.assert(
      fc.property(
        source,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(40),
        fc.boolean(),
        (text, target, more, isByLetter) => {
          const passages = split(markdown(text), target, target + more, isByLetter ? letters : plainTokenCounter);
          for (const passage of passages) {
            if (passage.tokens > target + more) expect([...graphemes.segment(passage.text)]).toHaveLength(1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("counts about as many characters as the text has, whatever is in it", () => {
    for (const unit of [
      "a",
      "中文没有空格的句子",
      "A. ",
      "The quick brown fox runs. ",
      "\u{1F469}\u200D\u{1F469}",
      "k=v;\n",
    ]) {
      let counted = 0;
      const counter = {
        id: "watched",
        count: (text: string) => {
          counted += text.length;
          return plainTokenCounter.count(text);
        },
      };
      const text = unit.repeat(Math.ceil(200_000 / unit.length));
      createStructureSplitter({ tokenCounter: counter }).split(oneBlock(text));
      expect(counted).toBeLessThan(3 * text.length);
    }
  });

  it("says in its id what decides where it cuts", () => {
    expect(createStructureSplitter({ tokenCounter: plainTokenCounter }).id).toBe("structure@3(plain,200,320)");
  });
});
