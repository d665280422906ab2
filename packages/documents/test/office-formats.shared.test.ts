import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { parseBytes } from "../src/parse-bytes.ts";

const folder = join(process.env.LARDER_SHARED_DIR ?? "../shared", "formats");
const sameText = "unstructured__eng_spa_mult";

const read = async (name: string) => {
  const parsed = await parseBytes(readFileSync(join(folder, name)), name, defaultParseLimits);
  expectSoundDocument(parsed);
  return parsed;
};

describe("real Office documents", () => {
  it.each(["doc", "docx", "ppt", "pptx", "odt", "epub"])(
    "in %s say what the same text in plain says",
    async (extension) => {
      const { text } = await read(`${sameText}.${extension}`);
      expect(tokenF1(text, readFileSync(join(folder, `${sameText}.txt`), "utf8"))).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each([
    "docling__legacy_sample.doc",
    "docling__legacy_sample.ppt",
    "docling__powerpoint_sample.pptx",
    "docling__textbox.docx",
    "docling__unit_test_headers_numbered.docx",
    "docling__word_sample.docx",
  ])("agree with the reference of %s", async (name) => {
    const reference = join(folder, "expected", `${name}.md`);
    expect(existsSync(reference)).toBe(true);
    expect(tokenF1((await read(name)).text, readFileSync(reference, "utf8"))).toBeGreaterThanOrEqual(0.9);
  });

  it("have their comments, which the reference leaves out", async () => {
    const { text, blocks } = await read("docling__docx_comments.docx");
    const isComment = (headings: readonly string[]): boolean => headings.at(-1) === "Comments";
    const proper = blocks
      .filter(({ headings }) => !isComment(headings))
      .map(({ start, end }) => text.slice(start, end));
    const reference = readFileSync(join(folder, "expected", "docling__docx_comments.docx.md"), "utf8");
    expect(tokenF1(proper.join("\n"), reference)).toBeGreaterThanOrEqual(0.9);
    expect(text).toContain("Jane Editor: Another comment by a different reviewer.");
  });
});

/** Of the words in lower case, as often as they come. */
function tokenF1(found: string, reference: string): number {
  const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const left = new Map<string, number>();
  for (const word of words(reference)) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of words(found)) {
    const count = left.get(word) ?? 0;
    if (count > 0) shared += 1;
    left.set(word, count - 1);
  }
  return (2 * shared) / (words(found).length + words(reference).length);
}
