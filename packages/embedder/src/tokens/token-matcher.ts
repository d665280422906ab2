import type { TokenMatcher, TokenMatching } from "@larder/contracts";
import { createDotKernel, createLinearMemory, memoryPageBytes, strideBytesStep } from "@larder/dot-kernel";
import type { TokenTable } from "./token-table.ts";
import type { WordTokens } from "./word-tokens.ts";

/** Rows of similarities that are kept, one byte for every id: 32 MB at most. Chosen arbitrarily. */
const rowsMax = 512;
/** Values of a row: the squared cosine in steps up to 253, the token itself, and pairs that were not compared yet. */
const levels = 254;
const unknown = 255;
const ids = 65_536;

/**
 * Matches tokens by the squared cosine of their vectors, negative ones counting 0: near synonyms keep most of their
 * score, chance likeness little. Each pair is compared once and remembered in a byte, so that a match is a look-up; what
 * is remembered changes no result.
 */
export function createTokenMatcher(
  id: string,
  table: TokenTable,
  wordTokens: (text: string) => readonly WordTokens[],
): TokenMatcher {
  const rows = new Map<number, Uint8Array>();
  const weights = weightsOf(table);
  const dot = dotsOf(table);
  const scale = 1 / (127 * 127);

  function rowOf(token: number): Uint8Array {
    let row = rows.get(token);
    if (row === undefined) {
      if (rows.size >= rowsMax) rows.clear();
      row = new Uint8Array(ids);
      if (token < table.tokens) row.fill(unknown, 0, table.tokens); // words by hash are like nothing but themselves
      row[token] = levels;
      rows.set(token, row);
    }
    return row;
  }

  function compare(a: number, b: number): number {
    const cosine = Math.min(1, Math.max(0, dot(a, b) * scale));
    return Math.round(cosine * cosine * (levels - 1)); // 1 is for the same token alone
  }

  function levelOf(wanted: number, row: Uint8Array, token: number): number {
    const known = row[token] ?? 0;
    if (known !== unknown) return known;
    const level = compare(wanted, token);
    row[token] = level;
    return level;
  }

  return {
    id,
    weight: (token) => weights[token] ?? 0,
    tokenIds(text) {
      const read = wordTokens(text);
      const all = new Uint16Array(read.reduce((sum, word) => sum + word.ids.length, 0));
      let at = 0;
      for (const word of read) {
        all.set(word.ids, at);
        at += word.ids.length;
      }
      return all;
    },
    knownShare(text) {
      const read = wordTokens(text);
      return read.length === 0 ? 1 : read.filter(({ isKnown }) => isKnown).length / read.length;
    },
    matching(query) {
      const queryRows = Array.from(query, rowOf);
      return createTokenMatching(queryRows.length, (token, into) => {
        for (const [i, row] of queryRows.entries()) into[i] = levelOf(query[i] ?? 0, row, token);
      });
    },
  };
}

/**
 * Keeps the levels of all tokens of the question beside each other for each token of a text that was seen, so that a
 * token that comes again costs one look-up and one short run through memory.
 *
 * @param read - Writes how much a token is like each token of the question.
 */
function createTokenMatching(width: number, read: (token: number, into: Uint8Array) => void): TokenMatching {
  const places = new Uint16Array(ids); // place of a token's levels, from 1
  let kept = new Uint8Array(1_024 * width);
  let count = 0;
  const reached = new Uint8Array(width);

  function add(token: number): number {
    count += 1;
    if ((count + 1) * width > kept.length) {
      const grown = new Uint8Array(kept.length * 2);
      grown.set(kept);
      kept = grown;
    }
    read(token, kept.subarray(count * width, (count + 1) * width));
    places[token] = count;
    return count;
  }

  return {
    raise(best, tokens) {
      for (let i = 0; i < width; i++) reached[i] = Math.round((best[i] ?? 0) * levels);
      for (let t = 0; t < tokens.length; t++) {
        const token = tokens[t] ?? 0;
        const at = (places[token] || add(token)) * width;
        for (let i = 0; i < width; i++) {
          const level = kept[at + i] ?? 0;
          if (level > (reached[i] ?? 0)) reached[i] = level;
        }
      }
      for (let i = 0; i < width; i++) best[i] = (reached[i] ?? 0) / levels;
    },
  };
}

/**
 * Dot product of two rows. The kernel takes floats: sums of products of bytes are whole numbers below 2^24, which float32
 * holds exactly.
 */
function dotsOf({ rows, tokens, dimensions }: TokenTable): (a: number, b: number) => number {
  const stride = Math.ceil((dimensions * 4) / strideBytesStep) * strideBytesStep;
  const out = tokens * stride;
  const memory = createLinearMemory(Math.ceil((out + 4) / memoryPageBytes));
  const kernel = createDotKernel(memory);
  const floats = new Float32Array(memory.buffer);
  for (let token = 0; token < tokens; token++) {
    floats.set(rows.subarray(token * dimensions, (token + 1) * dimensions), (token * stride) / 4);
  }
  return (a, b) => {
    kernel.dots(b * stride, (b + 1) * stride, stride, a * stride, out);
    return floats[out / 4] ?? 0;
  };
}

/**
 * The model was trained to give frequent tokens short vectors, so the squared norm tells how much a token says. A word
 * that the vocabulary lacks is rare: it weighs like the token of which nine tenths weigh less.
 */
function weightsOf({ norms, tokens }: TokenTable): Float32Array {
  const weights = new Float32Array(ids);
  const rare = norms.toSorted()[Math.floor(tokens * 0.9)] ?? 1;
  for (let id = 0; id < ids; id++) weights[id] = Math.max(1e-6, id < tokens ? (norms[id] ?? 0) ** 2 : rare ** 2);
  return weights;
}
