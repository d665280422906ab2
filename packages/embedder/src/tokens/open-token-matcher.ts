import { fileURLToPath } from "node:url";
import type { TokenMatcher } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { readPinnedFiles } from "@larder/model-files";
import { carriedModel, embeddingModels } from "../embedding-models.ts";
import { modelFileCodes, readTokenizer } from "./read-tokenizer.ts";
import { createTokenMatcher } from "./token-matcher.ts";
import { decodeTokenTable } from "./token-table.ts";
import { createWordTokens } from "./word-tokens.ts";

const tokenTableSha256 = "823352d1aa9f4d30f41c01c9bf70c08b61941a2c3c173154123ce0954d4cfde9";
const folder = fileURLToPath(new URL(`../../models/${carriedModel}/`, import.meta.url));

/**
 * The vocabulary and the token vectors of the carried model, in this process: no model is run. The files are compared
 * with their pinned sha256 first.
 * @throws {@link LarderError} `EMBEDDER_MODEL_MISSING`, `EMBEDDER_MODEL_UNTRUSTED`
 */
export async function openTokenMatcher(): Promise<TokenMatcher> {
  const fileHashes = { ...embeddingModels[carriedModel]?.fileHashes, "token-table.bin": tokenTableSha256 };
  const files = await readPinnedFiles({ model: carriedModel, folder, fileHashes, codes: modelFileCodes }, [
    "token-table.bin",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  const tokenizer = readTokenizer(files);
  const decoded = decodeTokenTable(files["token-table.bin"]);
  const unknownId = tokenizer.token_to_id("[UNK]");
  if (unknownId === undefined) throw untrusted("tokenizer.json", "no [UNK]");
  const wordTokens = createWordTokens(tokenizer, { tokens: decoded.tokens, unknownId });
  return createTokenMatcher(`${carriedModel}-tokens@2`, decoded, wordTokens);
}

function untrusted(file: string, problem: string): LarderError {
  return new LarderError("EMBEDDER_MODEL_UNTRUSTED", { details: { model: carriedModel, file, problem } });
}
