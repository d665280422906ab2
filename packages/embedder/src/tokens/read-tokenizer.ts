import { Tokenizer } from "@huggingface/tokenizers";

/** What the two files of a tokenizer hold, and where they come from. */
export interface TokenizerFiles {
  readonly "tokenizer.json": Buffer;
  readonly "tokenizer_config.json": Buffer;
}

/** For files of a model that are missing, and for others than pinned. */
export const modelFileCodes = { missing: "EMBEDDER_MODEL_MISSING", untrusted: "EMBEDDER_MODEL_UNTRUSTED" } as const;

/** The same tokenizer as the embedder's process has, without the runtime that runs models. */
export function readTokenizer(files: TokenizerFiles): Tokenizer {
  return new Tokenizer(
    JSON.parse(files["tokenizer.json"].toString("utf8")),
    JSON.parse(files["tokenizer_config.json"].toString("utf8")),
  );
}
