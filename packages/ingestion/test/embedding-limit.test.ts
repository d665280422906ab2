import { contextText } from "@larder/contracts";
import { createStructureSplitter, defaultParseLimits, parseBytes } from "@larder/documents";
import { openEmbeddingLimit, openOnnxEmbedder } from "@larder/embedder";
import { expectSoundPassages } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { expect, it } from "vitest";

const sentences: Readonly<Record<string, string>> = {
  Arabic: "تحفظ المخازن الطعام باردا وجافا في كل فصول السنة القديمة.",
  Persian: "انبار غذا را در همه فصل‌های سال خنک و خشک نگه می‌دارد.",
  Russian: "Кладовая сохраняет продукты прохладными и сухими круглый год.",
  Thai: "ห้องเก็บอาหารช่วยให้อาหารเย็นและแห้งตลอดทั้งปี",
  Georgian: "საკუჭნაო საკვებს გრილად და მშრალად ინახავს მთელი წლის განმავლობაში.",
};
const tokenCounter = createO200kTokenCounter();

it("splits no passage that the embedder would cut off, in scripts that it spells letter by letter", async () => {
  await using embedder = await openOnnxEmbedder();
  const title = "Title";
  const before = createStructureSplitter({ tokenCounter });
  const splitter = createStructureSplitter({ tokenCounter, embeddingLimit: await openEmbeddingLimit(embedder) });
  const tooLong: string[] = [];
  for (const [language, sentence] of Object.entries(sentences)) {
    const paragraphs = Array.from({ length: 24 }, (_, i) => `# ${i}\n\n${`${sentence} `.repeat(i + 1)}`);
    const bytes = Buffer.from(paragraphs.join("\n\n"));
    const parsed = await parseBytes(bytes, "text.md", defaultParseLimits);
    const longest = async (passages: ReturnType<typeof splitter.split>) => {
      const texts = passages.map(({ headings, text }) => contextText(title, headings, text));
      return Math.max(...(await embedder.countTokens(texts, { signal: new AbortController().signal })));
    };
    const passages = splitter.split(parsed, title);
    expectSoundPassages(parsed.text, passages);
    expect(await longest(passages)).toBeLessThanOrEqual(embedder.textTokensMax);
    if ((await longest(before.split(parsed, title))) > embedder.textTokensMax) tooLong.push(language);
  }
  expect(tooLong).toEqual(expect.arrayContaining(["Arabic", "Russian"]));
});
