import { describeSentenceReader } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { openTokenMatcher } from "./open-token-matcher.ts";
import { createSentenceReader } from "./sentence-reader.ts";

describeSentenceReader("the sentence reader of the carried vocabulary", async () => {
  const tokenMatcher = await openTokenMatcher();
  const tokenCounter = createO200kTokenCounter();
  return { sentenceReader: createSentenceReader(tokenMatcher, tokenCounter), tokenCounter, tokenMatcher };
});
