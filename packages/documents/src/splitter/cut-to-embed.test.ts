import type { EmbeddingLimit, ParsedDocument, TextBlock } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { expectSoundPassages } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { readMarkdown } from "@larder/text-readers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainTokenCounter } from "../../test/plain-token-counter.ts";
import { createStructureSplitter } from "./structure-splitter.ts";

/** Reads most scripts sign by sign and ASCII in pieces of eight: what fits the prompt's counter may be far above. */
function limitOf(tokensMax: number): EmbeddingLimit {
  const count = (text: string) => text.match(/[!-~]{1,8}|[^\s!-~]/gu)?.length ?? 0;
  return { tokenCounter: { id: "signs", count }, tokensMax, isReadWhole: (text) => count(text) <= tokensMax };
}

function split(document: ParsedDocument, tokensMax: number, title = "") {
  const limit = limitOf(tokensMax);
  const options = { tokenCounter: plainTokenCounter, passageTokensTarget: 40, passageTokensMax: 60 };
  const before = createStructureSplitter(options).split(document, title);
  const passages = createStructureSplitter({ ...options, embeddingLimit: limit }).split(document, title);
  expectSoundPassages(document.text, passages);
  const read = ({ headings, text }: (typeof passages)[number]) =>
    limit.tokenCounter.count(contextText(title, headings, text));
  for (const { text, tokens } of passages) {
    expect(tokens).toBe(plainTokenCounter.count(text));
    expect(tokens).toBeLessThanOrEqual(60);
  }
  return { before, passages, read };
}

const markdown = (text: string) => readMarkdown(text, { limits: defaultParseLimits });

describe("cutting what the embedder would not read to its end", () => {
  const russian = Array.from({ length: 12 }, (_, i) => `Предложение номер ${i} здесь.`).join(" ");

  it("leaves all other passages as they are", () => {
    const english = `${"One two three four. ".repeat(20)}`;
    const { before, passages } = split(markdown(`# A\n\n${english}\n\n# B\n\n${russian}\n\n# C\n\n${english}`), 70);
    const cut = new Set(before.filter(({ text }) => text.includes("Предложение")).map(({ start }) => start));
    expect(cut.size).toBeGreaterThan(0);
    for (const passage of before.filter(({ start }) => !cut.has(start))) {
      expect(passages).toContainEqual(passage);
    }
    expect(passages.length).toBeGreaterThan(before.length);
  });

  it("cuts into parts of like size, between sentences, all below their headings", () => {
    const { before, passages, read } = split(markdown(`# Глава\n\n${russian}`), 100, "Книга");
    expect(Math.max(...before.map(read))).toBeGreaterThan(100);
    for (const passage of passages) {
      expect(passage.headings).toEqual(["Глава"]);
      expect(passage.text).toMatch(/\.$/u);
      expect(read(passage)).toBeLessThanOrEqual(100);
      expect(read(passage)).toBeGreaterThan(25);
    }
  });

  it("keeps table rows whole, below the names of their columns, and the lines of code", () => {
    const rows = Array.from({ length: 5 }, (_, i) => `| строка ${i} | да |`).join("\n");
    const { passages, read } = split(markdown(`# T\n\n| имя | знак |\n|---|---|\n${rows}`), 60);
    expect(passages.length).toBeGreaterThan(1);
    for (const passage of passages.slice(1)) {
      expect(passage.headings).toEqual(["T", "имя | знак"]);
      expect(passage.text).toMatch(/^\| строка.*\|$/su);
      expect(read(passage)).toBeLessThanOrEqual(60);
    }
    const code = Array.from({ length: 9 }, (_, i) => `число_${i} = имя(${i})`).join("\n");
    const lines = split(markdown(`\`\`\`\n${code}\n\`\`\``), 60).passages.flatMap(({ text }) => text.split("\n"));
    expect(lines.filter((line) => line.startsWith("число"))).toEqual(code.split("\n"));
  });

  it("leaves out the outermost headings where they would take the room of the words", () => {
    const blocks: TextBlock[] = [
      { kind: "paragraph", start: 0, end: russian.length, headings: ["Внешний".repeat(9), "Внутренний"] },
    ];
    const { passages, read } = split({ text: russian, mediaType: "text/plain", blocks, pages: [], warnings: [] }, 60);
    for (const passage of passages) {
      expect(passage.headings).toEqual(["Внутренний"]);
      expect(read(passage)).toBeLessThanOrEqual(60);
    }
  });

  it("cuts no fragments below a title that leaves no room", () => {
    const { before, passages } = split(markdown(russian), 60, "Название".repeat(9));
    expect(passages).toEqual(before);
  });

  it("passes the limit for nothing but one grapheme, in any script and with any structure", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "# ",
        "## ",
        "\n\n",
        "\n",
        "- ",
        "```\n",
        "\n\n| a | я |\n|-|-|\n",
        "| x | ж |\n",
        ". ",
        " ",
        "。",
      ),
      fc.constantFrom(
        "中文字",
        "русский текст",
        "العربية",
        "हिन्दी",
        "กขค",
        "e\u0301\u0302",
        "\u{1F469}\u200D\u{1F469}",
        "k=v;",
      ),
      fc.lorem({ mode: "sentences", maxCount: 3 }),
    );
    const source = fc.array(piece, { minLength: 10, maxLength: 120 }).map((pieces) => pieces.join(""));
    const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
    fc.assert(
      fc.property(source, fc.integer({ min: 16, max: 60 }), fc.constantFrom("", "Титул"), (text, max, title) => {
        const { before, passages, read } = split(markdown(text), max, title);
        for (const passage of passages) {
          if (read(passage) > max) expect([...graphemes.segment(passage.text)]).toHaveLength(1);
        }
        for (const passage of before) if (read(passage) <= max) expect(passages).toContainEqual(passage);
      }),
      { numRuns: 100 },
    );
  });

  it("names the limit in the splitter's id", () => {
    const splitter = createStructureSplitter({ tokenCounter: plainTokenCounter, embeddingLimit: limitOf(9) });
    expect(splitter.id).toBe("structure@3(plain,200,320,signs,9)");
  });
});
