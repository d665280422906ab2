import { createHash } from "node:crypto";
import type { EmbedderId } from "@larder/contracts";
import type { FileHashes } from "@larder/model-files";
import { sortedByFile } from "@larder/model-files";
import type { EmbeddingModel } from "./embedding-models.ts";

/** Raised when the same files and settings would give other vectors than before. */
const recipeVersion = 1;

/** What turns texts into vectors, besides the files. */
export type VectorSettings = Pick<
  EmbeddingModel,
  "pooling" | "queryPrefix" | "passagePrefix" | "textTokensMax" | "dtype"
>;

/** `<model>@<12 hex digits of the files and settings>/<dimensions>`. */
export function embedderIdOf(
  model: string,
  fileHashes: FileHashes,
  { pooling, queryPrefix, passagePrefix, textTokensMax, dtype }: VectorSettings,
  dimensions: number,
): EmbedderId {
  const files = sortedByFile(fileHashes);
  const facts = [recipeVersion, model, files, pooling, queryPrefix, passagePrefix, textTokensMax, dtype, dimensions];
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  return `${model}@${digest.slice(0, 12)}/${dimensions}` as EmbedderId;
}
