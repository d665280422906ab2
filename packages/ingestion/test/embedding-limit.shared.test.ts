import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { EmbeddingLimit, ParsedDocument } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { createStructureSplitter, defaultParseLimits, parseBytes } from "@larder/documents";
import { openEmbeddingLimit, openOnnxEmbedder } from "@larder/embedder";
import { expectSoundPassages, sharedMiniLm } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { describe, expect, it } from "vitest";

const shared = process.env.LARDER_SHARED_DIR ?? "";
const call = { signal: new AbortController().signal };
const tokenCounter = createO200kTokenCounter();

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
  { name: "all-MiniLM-L6-v2", options: sharedMiniLm(shared), tooLong: undefined },
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
