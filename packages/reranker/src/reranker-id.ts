import { createHash } from "node:crypto";
import type { RerankerId } from "@larder/contracts";
import type { FileHashes, ModelDtype } from "@larder/model-files";
import { sortedByFile } from "@larder/model-files";

/** Raised when the same files and settings would give other scores than before. */
const recipeVersion = 1;

export interface ScoreSettings {
  readonly dtype: ModelDtype;
  readonly pairTokensMax: number;
}

/** `<model>@<12 hex digits of the files and settings>`. */
export function rerankerIdOf(
  model: string,
  fileHashes: FileHashes,
  { dtype, pairTokensMax }: ScoreSettings,
): RerankerId {
  const facts = [recipeVersion, model, sortedByFile(fileHashes), dtype, pairTokensMax];
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  return `${model}@${digest.slice(0, 12)}` as RerankerId;
}
