import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { EmbeddingLimit, ParsedDocument } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { createStructureSplitter, defaultParseLimits, parseBytes } from "@larder/documents";
import { openEmbeddingLimit, openOnnxEmbedder } from "@larder/embedder";
import { expectSoundPassages } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { describe, expect, it } from "vitest";

const shared = process.env.LARDER_SHARED_DIR ?? "";
const call = { signal: new AbortController().signal };
const tokenCounter = createO200kTokenCounter();
const miniLm = {
  model: "Xenova/all-MiniLM-L6-v2",
  modelsFolder: join(shared, "models"),
  settings: {
    fileHashes: {
      "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
      "onnx/model_quantized.onnx": "c9fff8e5d4017df5c7ee036cc33eedcbb6773a2b9ca654b740cf40c2d21482d0",
      "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
      "tokenizer.json": "6681992d43e581b35b3dd61f3c81ee0f891fbf13ad54f8b692ea868bd46b066b",
      "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    },
  },
};

/** Wikipedia articles, each of about five paragraphs, under their titles. */
async function articlesOf(language: string): Promise<ReadonlyMap<string, ParsedDocument>> {
  const bytes = gunzipSync(readFileSync(join(shared, "eval", `xquad-${language}`, "corpus.jsonl.gz")));
  const texts = new Map<string, string>();
  for (const line of bytes.toString("utf8").trim().split("\n")) {
    const { title, text } = JSON.parse(line) as { readonly title: string; readonly text: string };
    texts.set(title, `${texts.get(title) ?? ""}${text}\n\n`);
  }
  const parsed = [...texts].map(async ([title, text]) => {
    return [title, await parseBytes(Buffer.from(text), "article.txt", defaultParseLimits)] as const;
  });
  return new Map(await Promise.all(parsed));
}

function splitAll(articles: ReadonlyMap<string, ParsedDocument>, embeddingLimit?: EmbeddingLimit) {
  const limit = embeddingLimit === undefined ? {} : { embeddingLimit };
  const splitter = createStructureSplitter({ tokenCounter, ...limit });
  return [...articles].flatMap(([title, article]) => {
    const passages = splitter.split(article, title);
    expectSoundPassages(article.text, passages);
    return passages.map((passage) => ({ ...passage, read: contextText(title, passage.headings, passage.text) }));
  });
}

describe.each([
  { name: "the carried model", options: {}, tooLong: { en: 0, de: 0, es: 0, zh: 0, hi: 11 } },
  { name: "all-MiniLM-L6-v2", options: miniLm, tooLong: undefined },
])("articles under the limit of $name", ({ options, tooLong }) => {
  it.each(["en", "de", "es", "zh", "hi"] as const)("are read to the end of each passage: %s", async (language) => {
    await using embedder = await openOnnxEmbedder(options);
    const limit = await openEmbeddingLimit(embedder, options);
    const articles = await articlesOf(language);
    const [before, after] = [splitAll(articles), splitAll(articles, limit)];
    const counts = await embedder.countTokens(
      after.map(({ read }) => read),
      call,
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(embedder.textTokensMax);
    const countsBefore = await embedder.countTokens(
      before.map(({ read }) => read),
      call,
    );
    const fitted = before.filter((_, i) => (countsBefore[i] ?? 0) <= embedder.textTokensMax);
    const kept = new Set(after.map(({ read }) => read));
    expect(fitted.filter(({ read }) => !kept.has(read))).toEqual([]);
    if (tooLong !== undefined) expect(before.length - fitted.length).toBe(tooLong[language]);
    else if (language === "hi") expect(fitted.length).toBeLessThan(before.length / 2);
  });
});
