import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Embedder, EmbeddingLimit } from "@larder/contracts";
import { readPinnedFiles } from "@larder/model-files";
import type { ModelOptions } from "../plan-opening.ts";
import { planOpening } from "../plan-opening.ts";
import type { ModelTokens } from "./model-token-counter.ts";
import { createModelTokenCounter } from "./model-token-counter.ts";
import { modelFileCodes, readTokenizer } from "./read-tokenizer.ts";

/** As the embedder was opened with. */
export type EmbeddingLimitOptions = Pick<ModelOptions, "model" | "modelsFolder" | "settings">;

/**
 * The tokenizer of an embedder's model, in this process: no model is run, and a count costs no message to another process.
 * The files are compared with their pinned sha256 first.
 * @throws {@link LarderError} `EMBEDDER_MODEL_MISSING`, `EMBEDDER_MODEL_UNTRUSTED`, `CONFIG_INVALID`
 */
export async function openEmbeddingLimit(
  { textTokensMax }: Pick<Embedder, "textTokensMax">,
  options: EmbeddingLimitOptions = {},
): Promise<EmbeddingLimit> {
  const { model, modelsFolder, settings } = planOpening(options);
  const { fileHashes } = settings;
  const folder = { model, folder: join(modelsFolder, model), fileHashes, codes: modelFileCodes };
  const files = await readPinnedFiles(folder, ["tokenizer.json", "tokenizer_config.json"]);
  const hash = createHash("sha256");
  for (const name of ["tokenizer.json", "tokenizer_config.json"] as const) hash.update(files[name]);
  const tokenizer = readTokenizer(files);
  const specialTokens = tokenizer.encode("").ids.length;
  const tokenCounter = createModelTokenCounter(`${model}-tokens@${hash.digest("hex").slice(0, 12)}`, {
    countPart: (text) => tokenizer.encode(text).ids.length - specialTokens,
    ...independentWords(JSON.parse(files["tokenizer.json"].toString("utf8"))),
  });
  const tokensMax = textTokensMax - specialTokens;
  return { tokenCounter, tokensMax, isReadWhole: (text) => tokenCounter.isWithin(text, tokensMax) };
}

/** The part of `tokenizer.json` that decides. */
interface TokenizerParts {
  readonly normalizer: { readonly type: string; readonly handle_chinese_chars?: boolean } | null;
  readonly pre_tokenizer: { readonly type: string } | null;
  readonly model: { readonly type: string };
  readonly added_tokens: readonly { readonly content: string }[];
}

function independentWords(parts: TokenizerParts): Pick<ModelTokens, "words"> {
  const { normalizer, pre_tokenizer: division, model, added_tokens: added } = parts;
  const addedTokens = added.map(({ content }) => content);
  const isIndependent =
    model.type === "WordPiece" &&
    division?.type === "BertPreTokenizer" &&
    (normalizer === null || normalizer.type === "BertNormalizer") &&
    addedTokens.every((token) => /^[!-~]+$/u.test(token));
  return isIndependent ? { words: { isByHan: normalizer?.handle_chinese_chars === true, addedTokens } } : {};
}
