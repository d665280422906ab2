import { join } from "node:path";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { verifyModelFiles } from "@larder/model-files";
import { AutoModelForSequenceClassification, AutoTokenizer, env, LogLevel, Tensor } from "@xenova/transformers";
import type { TokenPair } from "./cut-pair.ts";
import { cutPair, cutText, fittingText } from "./cut-pair.ts";
import { rerankerIdOf } from "./reranker-id.ts";
import type { OpenPayload, OpenReply } from "./reranker-messages.ts";
import { scoreOfLogits } from "./score-of-logits.ts";

/** The model itself. Lives in the child process only: this module loads the native runtime. */
export interface CrossEncoder {
  readonly opened: OpenReply;
  score(query: string, passages: readonly string[], call: Call): Promise<number[]>;
}

/** Characters read per token allowed, as in the embedder: what is cut off bounds the tokenizer's work. */
const charactersPerTokenMax = 64;
/** Most of a pair that a query may take: passages are what is judged. Chosen arbitrarily. */
const queryShareMax = 0.25;

export async function openCrossEncoder(payload: OpenPayload): Promise<CrossEncoder> {
  const { model, modelsFolder, dtype, threads } = payload;
  const fileHashes = await verifyModelFiles({
    model,
    folder: join(modelsFolder, model),
    dtype,
    fileHashes: payload.fileHashes,
    codes: { missing: "RERANKER_MODEL_MISSING", untrusted: "RERANKER_MODEL_UNTRUSTED" },
  });
  env.allowRemoteModels = false;
  env.localModelPath = modelsFolder;
  env.useFSCache = false;
  env.logLevel = LogLevel.ERROR;
  const tokenizer = await AutoTokenizer.from_pretrained(model, { local_files_only: true });
  const graph = await AutoModelForSequenceClassification.from_pretrained(model, {
    local_files_only: true,
    dtype,
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const limit: unknown = tokenizer.model_max_length;
  const pairTokensMax = Math.min(payload.pairTokensMax, typeof limit === "number" && limit >= 1 ? limit : 512);
  const charactersMax = pairTokensMax * charactersPerTokenMax;
  const countTokens = (text: string): number => tokenizer.encode(text, { add_special_tokens: false }).length;
  const endToken = encodePair("", "").ids.at(-1);

  function encodePair(query: string, passage: string): TokenPair {
    const text_pair = passage === "" ? " " : passage; // an empty one would not be taken for one of a pair
    const encoded = tokenizer(query, { text_pair, return_tensor: false, return_token_type_ids: true });
    const { input_ids: ids, token_type_ids: types } = encoded as {
      readonly input_ids: readonly number[];
      readonly token_type_ids?: readonly number[];
    };
    return types === undefined ? { ids } : { ids, types };
  }

  /** One pair a run: no padding, so neither the other passages nor their lengths can touch a score. */
  async function scoreOne(query: string, passage: string): Promise<number> {
    const whole = encodePair(query, cutText(passage, charactersMax));
    const { ids, types } = cutPair(whole, pairTokensMax, endToken);
    const shape = [1, ids.length];
    const output = await graph({
      input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
      attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
      ...(types === undefined ? {} : { token_type_ids: new Tensor("int64", BigInt64Array.from(types, BigInt), shape) }),
    });
    return scoreOfLogits(readLogits(output));
  }

  await scoreOne("probe", "probe"); // a graph of another kind is found out before it is used
  return {
    opened: { id: rerankerIdOf(model, fileHashes, { dtype, pairTokensMax }) },
    async score(query, passages, { signal }) {
      const asked = fittingText(cutText(query, charactersMax), Math.floor(pairTokensMax * queryShareMax), countTokens);
      const scores: number[] = [];
      for (const passage of passages) {
        signal.throwIfAborted(); // each run lets the event loop turn
        scores.push(await scoreOne(asked, passage));
      }
      return scores;
    },
  };
}

/** The runtime's reply is untyped. */
function readLogits({ logits }: Readonly<Record<string, unknown>>): Float32Array {
  if (logits instanceof Tensor && logits.data instanceof Float32Array) return logits.data;
  throw new LarderError("RERANKER_OUTPUT_INVALID", { details: { problem: "the model has no output `logits`" } });
}
