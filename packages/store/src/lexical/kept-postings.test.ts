import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Postings } from "./kept-postings.ts";
import { KeptPostings } from "./kept-postings.ts";

/** 20 with what a term takes beside them, so that a hundred are five terms. */
const postingsPerTerm = 12;

function postingsOf(score: number, count = postingsPerTerm): Postings {
  return { labels: Float64Array.from({ length: count }, (_, i) => i + 1), scores: new Float64Array(count).fill(score) };
}

/** Looks terms up and tells which had to be read; `undefined` for a version that is new. */
function readerOf(kept: KeptPostings) {
  return (table: string, terms: readonly string[], version = "1"): readonly string[] | undefined => {
    const read: string[] = [];
    const found = kept.of(table, version, terms, (term) => {
      read.push(term);
      return postingsOf(1);
    });
    return found === undefined ? undefined : read;
  };
}

describe("KeptPostings", () => {
  it("keeps nothing at the first look at a version, and reads each term once from then on", () => {
    const look = readerOf(new KeptPostings(100));
    expect(look("a", ["pear"])).toBeUndefined();
    expect(look("a", ["pear", "plum"])).toEqual(["pear", "plum"]);
    expect(look("a", ["plum", "fig"])).toEqual(["fig"]);
    expect(look("a", ["plum"], "2")).toBeUndefined();
    expect(look("a", ["plum"], "2")).toEqual(["plum"]);
  });

  it("makes room by the terms that were looked up longest ago, of the table that was searched longest ago", () => {
    const look = readerOf(new KeptPostings(100));
    for (const table of ["a", "b"]) look(table, []);
    look("a", ["pear", "plum", "fig"]);
    look("b", ["sloe", "haw"]);
    look("a", ["pear"]);
    expect(look("b", ["rowan"])).toEqual(["rowan"]); // plum goes
    expect(look("b", ["sloe", "haw", "rowan"])).toEqual([]);
    expect(look("a", ["fig", "pear"])).toEqual([]);
    expect(look("a", ["plum"])).toEqual(["plum"]); // sloe goes: b was searched before a
    expect(look("a", ["fig", "pear", "plum"])).toEqual([]);
    expect(look("b", ["haw", "rowan"])).toEqual([]);
    expect(look("b", ["sloe"])).toEqual(["sloe"]);
  });

  it("gives what takes more than all of its room, and keeps none of that", () => {
    const kept = new KeptPostings(100);
    const look = () => kept.of("a", "1", ["the"], () => postingsOf(1, 500));
    look();
    const [first] = look() ?? [];
    expect(first?.labels).toHaveLength(500);
    expect(look()?.[0]).not.toBe(first);
    expect(readerOf(new KeptPostings(0))("a", ["pear"])).toBeUndefined();
  });

  it("has room again for what a dropped table took", () => {
    const kept = new KeptPostings(100);
    const look = readerOf(kept);
    for (const table of ["a", "b"]) look(table, []);
    look("b", ["sloe", "haw"]);
    look("a", ["pear", "plum", "fig"]);
    kept.drop("a");
    kept.drop("a");
    look("b", ["rowan", "damson", "medlar"]);
    expect(look("b", ["sloe", "haw", "rowan", "damson", "medlar"])).toEqual([]);
    expect(look("a", ["pear"])).toBeUndefined();
  });

  it("gives each term as its table has it at that version, whatever was asked before", () => {
    const asked = fc.record({
      table: fc.constantFrom("a", "b", "c"),
      version: fc.nat(1),
      terms: fc.uniqueArray(fc.nat(9), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), fc.nat(200), (all, postingsMax) => {
        const kept = new KeptPostings(postingsMax);
        for (const { table, version, terms } of all) {
          const scoreOf = (term: string) => 100 * (table.codePointAt(0) ?? 0) + 10 * version + Number(term);
          const found = kept.of(table, String(version), terms.map(String), (term) => postingsOf(scoreOf(term)));
          if (found !== undefined) expect(found).toEqual(terms.map((term) => postingsOf(scoreOf(String(term)))));
        }
      }),
    );
  });
});
