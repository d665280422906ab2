import { matchOf } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { openTokenMatcher } from "./open-token-matcher.ts";

const matcher = await openTokenMatcher();
const match = (question: string, text: string) => matchOf(matcher, question, text)[0] ?? Number.NaN;
const weightOf = (word: string) => matcher.weight(matcher.tokenIds(word)[0] ?? -1);

describe("openTokenMatcher", () => {
  it.each([
    ["car", "automobile", "banana"],
    ["doctor", "physician", "window"],
    ["car", "cars", "cats"],
    ["kill", "murder", "flour"],
    ["big", "large", "honey"],
  ])("finds %j more like %j than like %j", (word, like, unlike) => {
    expect(match(word, like)).toBeGreaterThan(0.25);
    expect(match(word, like)).toBeLessThan(1);
    expect(match(word, unlike)).toBeLessThan(0.1);
    expect(match(like, word)).toBe(match(word, like));
  });

  it("takes the best match of a text, not their sum", () => {
    expect(match("car", "banana automobile vehicle")).toBe(
      Math.max(match("car", "automobile"), match("car", "vehicle")),
    );
  });

  it("gives frequent words little weight and unknown ones much", () => {
    expect(weightOf("the")).toBeLessThan(weightOf("jam"));
    expect(weightOf("of")).toBeLessThan(weightOf("doctor"));
    expect(weightOf("猫")).toBeGreaterThan(weightOf("the"));
  });

  it("tells how much of a text it knows", () => {
    expect(matcher.knownShare("the doctor eats jam")).toBe(1);
    expect(matcher.knownShare("the doctor eats ꦲꦏ꧀ꦱꦫ")).toBe(0.75);
    expect(matcher.knownShare("ꦲꦏ꧀ꦱꦫ ᚠᚢᚦ")).toBe(0);
  });

  it("says the same whether tokens are met together, one by one or again", async () => {
    const words = ["car", "automobile", "doctor", "physician", "jam", "honey"];
    const before = words.map((word) => matchOf(matcher, word, words.join(" ")));
    const query = matcher.tokenIds(words.join(" "));
    const [together, single] = [matcher.matching(query), matcher.matching(query)];
    const all = Uint16Array.from({ length: 2_000 }, (_, token) => token + 5); // more than are compared at once
    const [best, bestOfSingle] = [new Float32Array(query.length), new Float32Array(query.length)];
    together.raise(best, all);
    for (const token of all) single.raise(bestOfSingle, Uint16Array.of(token));
    expect(bestOfSingle).toEqual(best);
    for (const word of words) {
      const again = new Float32Array(query.length);
      together.raise(again, matcher.tokenIds(word));
      expect(again).toEqual(matchOf(matcher, words.join(" "), word));
    }
    expect(words.map((word) => matchOf(matcher, word, words.join(" ")))).toEqual(before);
    const fresh = await openTokenMatcher();
    expect(fresh.id).toBe(matcher.id);
    expect(words.toReversed().map((word) => matchOf(fresh, word, words.join(" ")))).toEqual(before.toReversed());
  });
});
