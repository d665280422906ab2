import type { PassageSentence } from "@larder/contracts";

const numbersPerSentence = 4; // gap, length, tokens, count of token ids
const numberMax = 0xffff;
/** Set in `tokens` of a sentence of code. */
const codeBit = 0x8000;

/**
 * Sentences as bytes: little-endian u16, one after the other: characters since the sentence before, length, tokens
 * with the code bit, n, then n token ids. About two bytes for each token of the text. `null` when a number does not fit or sentences overlap:
 * the passage is then read when it is searched.
 */
export function encodeSentences(sentences: readonly PassageSentence[] | undefined): Buffer | null {
  if (sentences === undefined) return null;
  let reached = 0;
  const numbers = sentences.flatMap(({ start, end, tokens, tokenIds, isCode }) => {
    const gap = start - reached;
    reached = end;
    const marked = tokens < codeBit ? tokens | (isCode === true ? codeBit : 0) : Number.NaN;
    return [gap, end - start, marked, tokenIds.length, ...tokenIds];
  });
  if (!numbers.every((number) => number >= 0 && number <= numberMax)) return null;
  const bytes = Buffer.alloc(numbers.length * 2);
  for (const [i, number] of numbers.entries()) bytes.writeUInt16LE(number, i * 2);
  return bytes;
}

/** `undefined` for bytes that {@link encodeSentences} did not write for a text of this length. */
export function decodeSentences(bytes: Uint8Array | null, textLength: number): PassageSentence[] | undefined {
  if (bytes === null || bytes.byteLength % 2 !== 0) return undefined;
  const numbers = new Uint16Array(bytes.byteLength / 2);
  for (let i = 0; i < numbers.length; i++) numbers[i] = (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8);
  const sentences: PassageSentence[] = [];
  let reached = 0;
  for (let at = 0; at < numbers.length; ) {
    const [gap = 0, length = 0, marked = 0, count = 0] = numbers.subarray(at, at + numbersPerSentence);
    const from = at + numbersPerSentence;
    at = from + count;
    const start = reached + gap;
    reached = start + length;
    if (at > numbers.length || reached > textLength) return undefined;
    const sentence = { start, end: reached, tokens: marked % codeBit, tokenIds: numbers.subarray(from, at) };
    sentences.push(marked < codeBit ? sentence : { ...sentence, isCode: true });
  }
  return sentences;
}
