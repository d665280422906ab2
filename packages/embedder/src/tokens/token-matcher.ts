import type { TokenMatcher, TokenMatching } from "@larder/contracts";
import { createDotKernel, createLinearMemory, memoryPageBytes, strideBytesStep } from "@larder/dot-kernel";
import type { TokenTable } from "./token-table.ts";
import type { WordTokens } from "./word-tokens.ts";

/** Values of a match: the squared cosine in steps up to 253, and the token itself. */
const levels = 254;
const ids = 65_536;
/** Unknown tokens of a text that are compared at once; a longer text takes several turns. */
const batchMax = 128;

/**
 * Matches tokens by the squared cosine of their vectors, negative ones counting 0: near synonyms keep most of their
 * score, chance likeness little.
 */
export function createTokenMatcher(
  id: string,
  table: TokenTable,
  wordTokens: (text: string) => readonly WordTokens[],
): TokenMatcher {
  const weights = weightsOf(table);
  const dots = createTableDots(table);
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
    matching: (query) => createTokenMatching(query, dots),
  };
}

/**
 * Keeps the levels of all tokens of the question beside each other for each token of a text that was seen: a token that
 * comes again costs one look-up and one short run through memory, a new one the dot products.
 */
function createTokenMatching(query: Uint16Array, dots: TableDots): TokenMatching {
  const width = query.length;
  const places = new Uint16Array(ids); // place of a token's levels, from 1
  let kept = new Uint8Array(1_024 * width);
  let count = 0;
  const reached = new Uint8Array(width);

  /** Places for all of these; new ones are compared together. */
  function meet(tokens: Uint16Array): void {
    let fresh: number[] = [];
    for (let t = 0; t < tokens.length; t++) {
      const token = tokens[t] ?? 0;
      if (places[token] !== 0) continue;
      count += 1;
      places[token] = count;
      fresh.push(token);
      if (fresh.length < batchMax) continue;
      compare(fresh);
      fresh = [];
    }
    if (fresh.length > 0) compare(fresh);
  }

  function compare(fresh: readonly number[]): void {
    if ((count + 1) * width > kept.length) {
      const grown = new Uint8Array(Math.max(kept.length * 2, (count + 1) * width));
      grown.set(kept);
      kept = grown;
    }
    const first = count - fresh.length + 1;
    dots.load(fresh);
    for (let i = 0; i < width; i++) {
      const wanted = query[i] ?? 0;
      const products = dots.with(wanted);
      for (let k = 0; k < fresh.length; k++) {
        kept[(first + k) * width + i] = fresh[k] === wanted ? levels : levelOf(products[k] ?? 0);
      }
    }
  }

  return {
    raise(best, tokens) {
      meet(tokens);
      for (let i = 0; i < width; i++) reached[i] = Math.round((best[i] ?? 0) * levels);
      for (let t = 0; t < tokens.length; t++) {
        const at = (places[tokens[t] ?? 0] ?? 0) * width;
        for (let i = 0; i < width; i++) {
          const level = kept[at + i] ?? 0;
          if (level > (reached[i] ?? 0)) reached[i] = level;
        }
      }
      for (let i = 0; i < width; i++) best[i] = (reached[i] ?? 0) / levels;
    },
  };
}

const scale = 1 / (127 * 127);

function levelOf(product: number): number {
  const cosine = Math.min(1, Math.max(0, product * scale));
  return Math.round(cosine * cosine * (levels - 1)); // 1 is for the same token alone
}

/** Dot products of one token with those that were loaded last. */
interface TableDots {
  /** At most {@link batchMax} tokens. */
  load(tokens: readonly number[]): void;
  /** In the order of the loaded tokens, valid until the next call. 0 for words by hash, which are like nothing else. */
  with(token: number): Float32Array;
}

/**
 * The kernel takes floats: sums of products of bytes are whole numbers below 2^24, which float32 holds exactly.
 * Memory: `[rows of the table | one row of zeros | rows that were loaded | their products]`.
 */
function createTableDots({ rows, tokens, dimensions }: TokenTable): TableDots {
  const stride = Math.ceil((dimensions * 4) / strideBytesStep) * strideBytesStep;
  const width = stride / 4;
  const loaded = (tokens + 1) * stride;
  const products = loaded + batchMax * stride;
  const memory = createLinearMemory(Math.ceil((products + batchMax * 4) / memoryPageBytes));
  const kernel = createDotKernel(memory);
  const floats = new Float32Array(memory.buffer);
  for (let token = 0; token < tokens; token++) {
    floats.set(rows.subarray(token * dimensions, (token + 1) * dimensions), token * width);
  }
  const rowOf = (token: number) => Math.min(token, tokens);
  const output = floats.subarray(products / 4, products / 4 + batchMax);
  let end = loaded;
  return {
    load(batch) {
      for (let k = 0; k < batch.length; k++) {
        const from = rowOf(batch[k] ?? 0) * width;
        floats.copyWithin(loaded / 4 + k * width, from, from + width);
      }
      end = loaded + batch.length * stride;
    },
    with(token) {
      kernel.dots(loaded, end, stride, rowOf(token) * stride, products);
      return output;
    },
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
