import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWordTokens } from "./word-tokens.ts";

const folder = new URL("../../models/larder-embed-v1/", import.meta.url);
const read = async (file: string) => JSON.parse(await readFile(new URL(file, folder), "utf8"));
const tokenizer = new Tokenizer(await read("tokenizer.json"), await read("tokenizer_config.json"));
const bounds = { tokens: 28_000, unknownId: 1 };

const wordTokens = createWordTokens(tokenizer, bounds);
const idsOf = (text: string) => wordTokens(text).flatMap(({ ids }) => [...ids]);
const own = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;

describe("createWordTokens", () => {
  it.each([
    "hello world",
    "Naïve Café CRÈME",
    "İstanbul ΟΔΟΣ Straße",
    "संस्कृत नमस्ते दुनिया",
    "ประเทศไทย นมัสเต",
    "한국어 안녕하세요",
    "部 下",
    "x2 3d 2019 b12",
    "antidisestablishmentarianism",
  ])("reads %j as the tokenizer does", (text) => {
    expect(idsOf(text)).toEqual(own(text));
  });

  it("reads any words of letters as the tokenizer does", () => {
    const letters = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABCXYZ0123456789äéñßøłğжшяωλאבعن");
    const word = fc.string({ unit: letters, minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        for (const each of words) {
          if (!own(each).includes(bounds.unknownId)) expect(idsOf(each)).toEqual(own(each));
        }
        expect(idsOf(words.join(" "))).toEqual(words.flatMap(idsOf));
      }),
    );
  });

  it("skips the signs between words", () => {
    expect(idsOf("(a), b/c — “d”? 🙂")).toEqual(idsOf("a b c d"));
    expect(idsOf("don't e-mail snake_case 15,000")).toEqual(idsOf("don t e mail snake case 15 000"));
  });

  it("takes a mark for a part of the letter before it and for nothing without one", () => {
    expect(idsOf("cafe\u0301")).toEqual(idsOf("café"));
    expect(idsOf("か\u3099")).toEqual(idsOf("か"));
    expect(wordTokens("\u0301 ❤️ \ufe0f\u20e3")).toEqual([]);
    expect(idsOf("❤️ jam")).toEqual(idsOf("jam"));
  });

  it("reads each Han and Kana sign for itself, by hash where the vocabulary lacks it", () => {
    const read = wordTokens("猫は部屋");
    expect(read.map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1]);
    expect(read.map(({ isKnown }) => isKnown)).toEqual([false, true, true, false]);
    expect(read[2]?.ids[0]).toBe(own("部")[0]);
    expect(read[0]?.ids[0]).toBeGreaterThanOrEqual(bounds.tokens);
    expect(idsOf("𠮷野家")[0]).toBeGreaterThanOrEqual(bounds.tokens);
    expect(wordTokens("コーヒー").map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1]);
  });

  it("gives a word without pieces the same id each time, above the vocabulary, whatever its case", () => {
    const script = fc.string({ unit: fc.constantFrom(..."ꦲꦏꦱꦫꦴ𐐀𐐁ᚠᚢᚦ"), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(script, (word) => {
        const [first] = wordTokens(`ꦲ${word}`);
        expect(first?.isKnown).toBe(false);
        expect(first?.ids).toHaveLength(1);
        expect(first?.ids[0]).toBeGreaterThanOrEqual(bounds.tokens);
        expect(createWordTokens(tokenizer, bounds)(`ꦲ${word}`)[0]).toEqual(first);
      }),
    );
    expect(idsOf("𐐀𐐁")).toEqual(idsOf("𐐨𐐩"));
  });

  it("tells known words by few pieces", () => {
    expect(wordTokens("jam").map(({ isKnown }) => isKnown)).toEqual([true]);
    expect(wordTokens("qzxwvkjqx").map(({ isKnown }) => isKnown)).toEqual([false]);
  });

  it("reads every part of a run that is longer than a word", () => {
    const run = "ก".repeat(150);
    expect(wordTokens(run).length).toBeGreaterThan(1);
    expect(idsOf(`${run}จบ`)).not.toEqual(idsOf(run));
    expect(idsOf(`a${"𐐨".repeat(70)}`)).toEqual([...idsOf(`a${"𐐨".repeat(63)}`), ...idsOf("𐐨".repeat(7))]);
  });

  it("keeps no text alive, nor more than a bounded number of words", () => {
    const before = heapUsedBytes();
    for (let text = 0; text < 20; text++) wordTokens(`rare${text} ${". ".repeat(2_000_000)}`); // 4 MB each
    for (let word = 0; word < 120_000; word++) wordTokens(`w${word}`);
    expect(heapUsedBytes() - before).toBeLessThan(30_000_000);
  });
});

function heapUsedBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
