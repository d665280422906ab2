import type { SentenceReader, TokenCounter, TokenMatcher } from "@larder/contracts";
import { sentenceSpans } from "@larder/sentences";

/** Sentences with their tokens, by ICU's sentence ends, the prompt's counter and the matcher's vocabulary. */
export function createSentenceReader(
  matcher: Pick<TokenMatcher, "id" | "tokenIds">,
  tokenCounter: TokenCounter,
): SentenceReader {
  return {
    id: `sentences@3(${tokenCounter.id},${matcher.id})`,
    read(text) {
      return sentenceSpans(text).map(({ start, end }) => {
        const sentence = text.slice(start, end);
        return { start, end, tokens: tokenCounter.count(sentence), tokenIds: matcher.tokenIds(sentence) };
      });
    },
  };
}
