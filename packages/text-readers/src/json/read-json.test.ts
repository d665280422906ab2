import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readJson, readJsonLines } from "./read-json.ts";

const context = { limits: defaultParseLimits };

describe("the text of JSON", () => {
  it("is a line for each value, under its path, one block for each object", () => {
    const json = `{ "name": "Ann", "age": 41, "address": { "city": "Oslo", "zip": "0150" },
      "tags": ["a", "b"], "jobs": [{ "at": { "firm": "X" } }, { "at": { "firm": "Y" } }] }`;
    const parsed = readJson(json, context);
    expect(parsed.text).toBe(
      "name: Ann\nage: 41\ntags: a, b\n\naddress.city: Oslo\naddress.zip: 0150\n\njobs[0].at.firm: X\n\njobs[1].at.firm: Y",
    );
    expect(parsed.mediaType).toBe("application/json");
    expectSoundDocument(parsed);
  });

  it("has lists of alike objects as tables with the names of their columns", () => {
    const { text, blocks } = readJson('{"rows":[{"a":1,"b":"x|y"},{"b":"z","a":2.50},{"a":3}]}', context);
    expect(text).toBe("rows:\n| a | b |\n| --- | --- |\n| 1 | x\\|y |\n| 2.50 | z |\n| 3 |  |");
    expect(blocks.map(({ kind, columns }) => [kind, columns])).toEqual([
      ["paragraph", undefined],
      ["table", ["a", "b"]],
    ]);
  });

  it("keeps numbers as they are written, names that are special elsewhere, and members that repeat", () => {
    const json = '{"id":12345678901234567890,"price":1.10,"__proto__":{"x":"1"},"id":1e400}';
    expect(readJson(json, context).text).toBe("id: 12345678901234567890\nprice: 1.10\nid: 1e400\n\n__proto__.x: 1");
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });

  it("reads escapes, comments and commas at the end", () => {
    expect(readJson('{ // why\n "a\\u00e9\\"": "x\\ny", /* and */ "b": [1, 2,], }', context).text).toBe(
      'aé": x\ny\nb: 1, 2',
    );
  });

  it.each(['{"a":}', '{"a" 1}', "[1 2]", '{"a":"b', "[1]]", "{,}", '{"a":1} x'])("takes %s as plain text", (text) => {
    const parsed = readJson(text, context);
    expect(parsed).toMatchObject({ text, mediaType: "text/plain" });
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["structure_skipped"]);
  });

  it("loses nothing to depth, and says that paths were shortened", () => {
    const parsed = readJson(`${'{"a":['.repeat(100_000)}"deep"${"]}".repeat(100_000)}`, context);
    expect(parsed.text.endsWith(": deep")).toBe(true);
    expect(parsed.text.length).toBeLessThan(1_000);
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["nesting_capped"]);
  });

  it("reads half a million values in one pass", () => {
    const parsed = readJson(`[${'{"a":{"b":1}},'.repeat(100_000)}[]]`, context);
    expect(parsed.blocks).toHaveLength(100_000);
  });

  it("refuses a text above the limit", () => {
    const limits = { ...defaultParseLimits, textCharactersMax: 100 };
    expect(() => readJson(`["${"a".repeat(150)}"]`, { limits })).toThrow(
      expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }),
    );
  });
});

describe("the text of JSON Lines", () => {
  it("is a table where the lines are alike, else one block for each", () => {
    expect(readJsonLines('{"a":1,"b":2}\n{"a":3,"b":4}\n', context).text).toBe(
      "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |",
    );
    expect(readJsonLines('{"a":{"b":1}}\n\n{"c":2}', context).text).toBe("a.b: 1\n\nc: 2");
  });

  it("keeps a damaged line with a warning", () => {
    const parsed = readJsonLines('{"a":{"b":1}}\n{"a":\n{"c":2}', context);
    expect(parsed.text).toBe('a.b: 1\n\n{"a":\n\nc: 2');
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["lines_malformed"]);
  });
});
