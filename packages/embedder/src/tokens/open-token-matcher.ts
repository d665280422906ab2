import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@huggingface/tokenizers";
import type { TokenMatcher } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { carriedModel, embeddingModels } from "../embedding-models.ts";
import { createTokenMatcher } from "./token-matcher.ts";
import { decodeTokenTable } from "./token-table.ts";
import { createWordTokens } from "./word-tokens.ts";

const tokenTableSha256 = "823352d1aa9f4d30f41c01c9bf70c08b61941a2c3c173154123ce0954d4cfde9";
const folder = new URL(`../../models/${carriedModel}/`, import.meta.url);

/**
 * The vocabulary and the token vectors of the carried model, in this process: no model is run. The files are compared
 * with their pinned sha256 first.
 * @throws {@link LarderError} `EMBEDDER_MODEL_MISSING`, `EMBEDDER_MODEL_UNTRUSTED`
 */
export async function openTokenMatcher(): Promise<TokenMatcher> {
  const pins = embeddingModels[carriedModel]?.fileHashes ?? {};
  const [table, vocabulary, settings] = await Promise.all([
    readPinned("token-table.bin", tokenTableSha256),
    readPinned("tokenizer.json", pins["tokenizer.json"]),
    readPinned("tokenizer_config.json", pins["tokenizer_config.json"]),
  ]);
  const tokenizer = new Tokenizer(JSON.parse(vocabulary.toString("utf8")), JSON.parse(settings.toString("utf8")));
  const decoded = decodeTokenTable(table);
  const unknownId = tokenizer.token_to_id("[UNK]");
  if (unknownId === undefined) throw untrusted("tokenizer.json", "no [UNK]");
  const wordTokens = createWordTokens(tokenizer, { tokens: decoded.tokens, unknownId });
  return createTokenMatcher(`${carriedModel}-tokens@2`, decoded, wordTokens);
}

async function readPinned(file: string, pinned: string | undefined): Promise<Buffer> {
  const bytes = await readFile(fileURLToPath(new URL(file, folder))).catch((cause) => {
    throw new LarderError("EMBEDDER_MODEL_MISSING", { details: { model: carriedModel, file }, cause });
  });
  if (createHash("sha256").update(bytes).digest("hex") !== pinned) throw untrusted(file, "other content than pinned");
  return bytes;
}

function untrusted(file: string, problem: string): LarderError {
  return new LarderError("EMBEDDER_MODEL_UNTRUSTED", { details: { model: carriedModel, file, problem } });
}
