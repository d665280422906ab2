import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentenceSpans } from "./sentence-spans.ts";

const sentences = (text: string) => sentenceSpans(text).map(({ start, end }) => text.slice(start, end));

describe("sentenceSpans", () => {
  it.each([
    ["", []],
    [" \n ", []],
    ["One. Two!  Three?", ["One.", "Two!", "Three?"]],
    ["A wrapped\nline goes on. Next.", ["A wrapped line goes on.".replace(" line", "\nline"), "Next."]],
    ["# Heading\n\nIt begins here.", ["# Heading", "It begins here."]],
    ["- first\n- second", ["- first", "- second"]],
    ["猫は部屋にいる。犬は外にいる。", ["猫は部屋にいる。", "犬は外にいる。"]],
    [
      "He died for Norwich.[30] In general, he won.[a][b] The end.(3) No (4) more.",
      ["He died for Norwich.[30]", "In general, he won.[a][b]", "The end.(3)", "No (4) more."],
    ],
    [
      'She said "no."[12] Then [13] she left. [14] He stayed.',
      ['She said "no."[12]', "Then [13] she left. [14]", "He stayed."],
    ],
    [
      "The whole vector index was deleted and damaged at many moments of\n2024 and of 2025. Next.",
      ["The whole vector index was deleted and damaged at many moments of\n2024 and of 2025.", "Next."],
    ],
    ["A short line\nThat is its own", ["A short line", "That is its own"]],
    [
      "The vector index may be deleted or damaged at any moment, and\nLarder answers rightly all the same.",
      ["The vector index may be deleted or damaged at any moment, and\nLarder answers rightly all the same."],
    ],
    [
      `${"A line that is long enough to have been wrapped by an editor "}\n- An item\n- Another`,
      ["A line that is long enough to have been wrapped by an editor", "- An item", "- Another"],
    ],
    [
      `| ${"a row of a table that goes on for a good while and then some "}|\n| Next | row |`,
      ["| a row of a table that goes on for a good while and then some |", "| Next | row |"],
    ],
    [
      "Codes follow. All of them:\n\n| `STORE_FULL` | The disk is full. | Free space! Start again. |\n| `E2` | No. | Yes. |\n\nDone. So.",
      [
        "Codes follow.",
        "All of them:",
        "| `STORE_FULL` | The disk is full. | Free space! Start again. |",
        "| `E2` | No. | Yes. |",
        "Done.",
        "So.",
      ],
    ],
    ["1. First thing.\n2. **Model.** It costs.", ["1. First thing.", "2. **Model.**", "It costs."]],
    [
      "```sh\nnpm run a very long line of a program that nobody would call prose\nNpm again\n```",
      ["```sh", "npm run a very long line of a program that nobody would call prose", "Npm again", "```"],
    ],
  ])("divides %j", (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  it("divides what has no sentence ends at white space", () => {
    const parts = sentences("cell ".repeat(500));
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part).toMatch(/^cell( cell)*$/);
  });

  it("divides what has not even white space without splitting a character", () => {
    const parts = sentences("🜂".repeat(1_000));
    expect(parts.join("")).toBe("🜂".repeat(1_000));
    for (const part of parts) expect(Buffer.from(part).toString()).toBe(part);
  });

  it.each(["~", "`", "~~~a", "~~~ ", "[1]", ".[1]", "*", "_", "; ", "a.", "1.\n"])(
    "takes linear time for %j again and again",
    (signs) => {
      const text = `${signs.repeat(10_000)}x\``; // more would be cut by the test's own time limit
      const visible = (part: string) => part.replace(/\s/g, "");
      expect(visible(sentences(text).join(""))).toBe(visible(text));
    },
  );

  it("loses and repeats nothing but white space", () => {
    const signs = fc.constantFrom(..."aB~`*_|#-\n .。!)[1]", "\n\n", "words ", "long".repeat(200), "🜂".repeat(400));
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.lorem({ maxCount: 200 }),
      fc.string({ unit: signs, maxLength: 300 }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const spans = sentenceSpans(given);
        let end = 0;
        for (const span of spans) {
          expect(span.end).toBeGreaterThan(span.start);
          expect(given.slice(end, span.start).trim()).toBe("");
          expect(given.slice(span.start, span.end).trim()).toBe(given.slice(span.start, span.end));
          end = span.end;
        }
        expect(given.slice(end).trim()).toBe("");
      }),
    );
  });
});
