import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { parseBytes } from "./parse-bytes.ts";

const folder = join(process.env.LARDER_SHARED_DIR ?? "", "formats");
const parse = async (file: string) => {
  const parsed = await parseBytes(readFileSync(join(folder, file)), file, defaultParseLimits);
  expectSoundDocument(parsed);
  return parsed;
};

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Harmonic mean of the shares of words, each counted as often as it occurs, that both texts have. */
function tokenF1(found: string, reference: string): number {
  const left = new Map<string, number>();
  const expected = wordsOf(reference);
  for (const word of expected) left.set(word, (left.get(word) ?? 0) + 1);
  const words = wordsOf(found);
  let common = 0;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count > 0) common += 1;
    left.set(word, count - 1);
  }
  return (2 * common) / (words.length + expected.length);
}

describe("real files that are text", () => {
  it.each(["txt", "md", "rst", "org", "html", "xml", "eml"])("agree with the plain text as .%s", async (extension) => {
    const { text } = await parse(`unstructured__eng_spa_mult.${extension}`);
    const reference = readFileSync(join(folder, "unstructured__eng_spa_mult.txt"), "utf8");
    expect(tokenF1(text, reference)).toBeGreaterThan(0.95);
  });

  it("agree with the reference of a page with navigation, tables and notes", async () => {
    const { text, blocks } = await parse("docling__wiki_duck.html");
    const reference = readFileSync(join(folder, "expected", "docling__wiki_duck.html.md"), "utf8");
    const withoutTargets = reference.replace(/!?\[((?:[^[\]]|\[[^\]]*\])*)\]\((?:[^()]|\([^)]*\))*\)/gu, "$1");
    expect(tokenF1(text, withoutTargets)).toBeGreaterThan(0.9);
    expect(text).not.toMatch(/Afrikaans|Main page|Privacy policy/u);
    expect(blocks.filter(({ columns }) => columns !== undefined)).not.toHaveLength(0);
  });

  it.each([
    { file: "docling__elife-56337.xml", mediaType: "application/xml", title: /^KRAB-zinc finger/u, words: 15_000 },
    { file: "docling__ipg07997973.xml", mediaType: "application/xml", title: /^Amusement device/u, words: 50_000 },
    { file: "markitdown__test_blog.html", mediaType: "text/html", title: /^Does Model/u, words: 900 },
    { file: "unstructured__ideas-page.html", mediaType: "text/html", title: /^How to Get New Ideas/u, words: 140 },
    { file: "markitdown__test_notebook.ipynb", mediaType: "application/x-ipynb+json", title: /^Test/u, words: 12 },
    {
      file: "unstructured__email-replace-mime-encodings-error-5.eml",
      mediaType: "message/rfc822",
      title: /^GLOBAL/u,
      words: 250,
    },
  ])("have title and text in $file", async ({ file, mediaType, title, words }) => {
    const parsed = await parse(file);
    expect(parsed.mediaType).toBe(mediaType);
    expect(parsed.title).toMatch(title);
    expect(wordsOf(parsed.text).length).toBeGreaterThan(words);
  });

  it("have sections of an article, and data as a table", async () => {
    const article = await parse("docling__elife-56337.xml");
    expect(article.blocks.filter(({ headings }) => headings.length > 1).length).toBeGreaterThan(20);
    const facts = await parse("unstructured__factbook.xml");
    expect(facts.blocks.map(({ columns }) => columns)).toContainEqual(["name", "capital", "leader", "sport"]);
  });
});
