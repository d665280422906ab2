import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Call, EmbeddingLane } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { verifyModelFiles } from "@larder/model-files";
import { AutoModel, AutoTokenizer, env, LogLevel, Tensor } from "@xenova/transformers";
import { embedderIdOf } from "./embedder-id.ts";
import type { OpenPayload, OpenReply } from "./embedder-messages.ts";
import { keepDimensions } from "./keep-dimensions.ts";
import { poolTokens } from "./pool-tokens.ts";

/** The model itself. Lives in the child process only: this module loads the native runtime. */
export interface OnnxModel {
  readonly opened: OpenReply;
  embed(texts: readonly string[], lane: EmbeddingLane, call: Call): Promise<Float32Array>;
  countTokens(texts: readonly string[], call: Call): Promise<number[]>;
}

/** Characters read per token allowed; deep indentation has about 30, and what is cut off bounds the tokenizer's work. */
const charactersPerTokenMax = 64;
/** Longer texts are counted in parts of this size, so that counting is linear for any tokenizer. */
const countedCharactersMax = 32_768;
const selfTestTolerance = 1e-3; // kernels of other processors round differently in the sixth digit

export async function openOnnxModel({ model, modelsFolder, settings, threads }: OpenPayload): Promise<OnnxModel> {
  const fileHashes = await verifyModelFiles({
    model,
    folder: join(modelsFolder, model),
    dtype: settings.dtype,
    fileHashes: settings.fileHashes,
    codes: { missing: "EMBEDDER_MODEL_MISSING", untrusted: "EMBEDDER_MODEL_UNTRUSTED" },
  });
  env.allowRemoteModels = false;
  env.localModelPath = modelsFolder;
  env.useFSCache = false;
  env.logLevel = LogLevel.ERROR;
  const tokenizer = await AutoTokenizer.from_pretrained(model, { local_files_only: true });
  const graph = await AutoModel.from_pretrained(model, {
    local_files_only: true,
    dtype: settings.dtype,
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });

  const encode = (text: string): number[] => tokenizer.encode(text);
  const { queryPrefix: query, passagePrefix } = settings;
  const prefixes = { query, bulk: passagePrefix, background: passagePrefix };
  const prefixTokensMax = Math.max(encode(prefixes.query).length, encode(prefixes.bulk).length) - encode("").length;
  const readTokensMax = Math.min(
    settings.textTokensMax,
    positiveOr(tokenizer.model_max_length, settings.textTokensMax),
  );

  /** One text a run: no padding, so neither the other texts nor their lengths can touch a vector. */
  async function embedOne(text: string): Promise<Float32Array> {
    const ids = cutTokens(encode(cutText(text, readTokensMax * charactersPerTokenMax)), readTokensMax);
    if (ids.length === 0) ids.push(positiveOr(tokenizer.pad_token_id, 0));
    const shape = [1, ids.length];
    const rows = readTokenRows(
      await graph({
        input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
        attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
      }),
    );
    return poolTokens(rows, rows.length / ids.length, settings.pooling);
  }

  /** A tokenizer that ends each text with a special token (BERT's [SEP]) keeps it when the text is cut. */
  function cutTokens(ids: number[], tokensMax: number): number[] {
    if (ids.length <= tokensMax) return ids;
    const last = ids.at(-1);
    const endsSpecially = last !== undefined && encode("").at(-1) === last;
    return endsSpecially ? [...ids.slice(0, tokensMax - 1), last] : ids.slice(0, tokensMax);
  }

  async function embed(texts: readonly string[], lane: EmbeddingLane, { signal }: Call): Promise<Float32Array> {
    const matrix = new Float32Array(texts.length * dimensions);
    for (const [row, text] of texts.entries()) {
      signal.throwIfAborted(); // each run lets the event loop turn: another lane's request begins in between
      const vector = await embedOne(prefixes[lane] + text);
      if (vector.length !== modelDimensions) throw wrongDimensions(vector.length, modelDimensions);
      matrix.set(keepDimensions(vector, dimensions), row * dimensions);
    }
    return matrix;
  }

  async function countTokens(texts: readonly string[], { signal }: Call): Promise<number[]> {
    const specialTokens = encode("").length;
    const counts: number[] = [];
    for (const text of texts) {
      await setImmediate();
      signal.throwIfAborted();
      let tokens = specialTokens;
      for (let start = 0; start < text.length; ) {
        const part = cutText(text.slice(start, start + countedCharactersMax), countedCharactersMax);
        tokens += encode(part).length - specialTokens;
        start += part.length;
      }
      counts.push(tokens);
    }
    return counts;
  }

  const probe = await embedOne("probe");
  const modelDimensions = settings.dimensions ?? probe.length;
  if (probe.length !== modelDimensions) throw wrongDimensions(probe.length, modelDimensions);
  const dimensions = settings.keptDimensions ?? modelDimensions;
  if (dimensions > modelDimensions) {
    const problems = `${dimensions} dimensions are to be kept of ${modelDimensions}`;
    throw new LarderError("CONFIG_INVALID", { details: { problems } });
  }
  if (settings.selfTest !== undefined) {
    const [a, b] = await Promise.all(settings.selfTest.texts.map(embedOne));
    const cosine = a?.reduce((sum, value, d) => sum + value * (b?.[d] ?? 0), 0) ?? Number.NaN;
    if (!(Math.abs(cosine - settings.selfTest.cosine) <= selfTestTolerance)) {
      throw new LarderError("EMBEDDER_OUTPUT_INVALID", {
        details: { model, selfTestCosine: cosine, expectedCosine: settings.selfTest.cosine },
      });
    }
  }
  const id = embedderIdOf(model, fileHashes, { ...settings, textTokensMax: readTokensMax }, dimensions);
  return { opened: { id, dimensions, textTokensMax: readTokensMax - prefixTokensMax }, embed, countTokens };
}

/** The runtime's reply is untyped: one row per token under one of two names. */
function readTokenRows(output: Readonly<Record<string, unknown>>): Float32Array {
  const rows = output.last_hidden_state ?? output.token_embeddings;
  if (rows instanceof Tensor && rows.data instanceof Float32Array) return rows.data;
  throw new LarderError("EMBEDDER_OUTPUT_INVALID", { details: { outputs: Object.keys(output).join(", ") } });
}

/** The first `charactersMax` UTF-16 units, or one less rather than half a surrogate pair. */
function cutText(text: string, charactersMax: number): string {
  const part = text.slice(0, charactersMax);
  return text.length >= charactersMax && part.length > 1 && /[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part;
}

function positiveOr(value: unknown, fallback: number): number {
  return typeof value === "number" && value >= 1 ? value : fallback;
}

function wrongDimensions(actual: number, expected: number): LarderError {
  return new LarderError("EMBEDDER_OUTPUT_INVALID", { details: { dimensions: actual, expectedDimensions: expected } });
}
