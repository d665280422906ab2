import { isUtf8 } from "node:buffer";

const samplePairs = 2048;

/**
 * UTF-16 without a byte order mark, told by its zero bytes, which no other text has: Latin letters leave every second
 * byte zero, other scripts those of their spaces and line ends. Looks at 4 KiB.
 */
export function unmarkedUtf16Encoding(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const pairs = Math.min(samplePairs, Math.floor(bytes.length / 2));
  if (pairs < 2) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    if (bytes[2 * pair] === 0) evenZeros += 1;
    if (bytes[2 * pair + 1] === 0) oddZeros += 1;
  }
  if (oddZeros > 0.4 * pairs && evenZeros < 0.02 * pairs) return "utf-16le";
  if (evenZeros > 0.4 * pairs && oddZeros < 0.02 * pairs) return "utf-16be";
  if (pairs < 32 || evenZeros + oddZeros < 0.005 * pairs) return undefined;
  const sample = bytes.subarray(0, 2 * pairs);
  const isPlausible = isUtf8(sample) ? isOneScript : isClean;
  const isLittle = isPlausible(sample, "utf-16le");
  const isBig = isPlausible(sample, "utf-16be");
  if (isLittle === isBig) return undefined;
  return isLittle ? "utf-16le" : "utf-16be";
}

/** Whether most upper bytes are zero or the one that is most frequent: a letter of one small alphabet each. */
function isOneScript(sample: Uint8Array, encoding: string): boolean {
  const counts = new Uint32Array(256);
  for (let at = encoding === "utf-16le" ? 1 : 0; at < sample.length; at += 2) {
    const upper = sample[at] ?? 0;
    counts[upper] = (counts[upper] ?? 0) + 1;
  }
  return (counts[0] ?? 0) + Math.max(...counts.subarray(1)) > 0.4 * sample.length;
}

/** Whether hardly a character is one that no text has, which every sixth is in bytes of another kind. */
function isClean(sample: Uint8Array, encoding: string): boolean {
  const text = new TextDecoder(encoding).decode(sample);
  const strange = text.match(/[\p{Cn}\p{Co}\p{Cs}\uFFFD]|(?!\s)\p{Cc}/gu)?.length ?? 0;
  return strange <= 0.01 * text.length;
}
