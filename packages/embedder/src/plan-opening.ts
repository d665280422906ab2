import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { LarderError } from "@larder/contracts";
import { isModelId } from "@larder/model-files";
import type { OpenPayload } from "./embedder-messages.ts";
import type { EmbeddingModel } from "./embedding-models.ts";
import { carriedModel, defaultEmbeddingModel, embeddingModels } from "./embedding-models.ts";

/** Which model, and how it is run. */
export interface ModelOptions {
  /** Id of a transformers.js model, such as `Xenova/all-MiniLM-L6-v2`. @defaultValue the carried model */
  readonly model?: string;
  /** Absolute folder that holds `<model>/config.json` and the rest. Needed for any but the carried model. */
  readonly modelsFolder?: string;
  /** What the table of known models does not say, or says otherwise. Of these the carried model takes `keptDimensions`. */
  readonly settings?: Partial<EmbeddingModel>;
  /** Threads inside one run of the model. @defaultValue 1: measured faster than 2 where other processes work too */
  readonly threads?: number;
}

const carriedModelsFolder = fileURLToPath(new URL("../models", import.meta.url));

/**
 * Where the model's files are and what has to be known besides them.
 * @throws {@link LarderError} `CONFIG_INVALID`, `EMBEDDER_MODEL_MISSING`
 */
export function planOpening({ model = carriedModel, modelsFolder, settings, threads = 1 }: ModelOptions): OpenPayload {
  if (!isModelId(model)) {
    throw new LarderError("CONFIG_INVALID", { details: { problems: "the model id is not of the form owner/name" } });
  }
  const known = embeddingModels[model];
  if (model === carriedModel && known !== undefined) {
    const { keptDimensions } = settings ?? {};
    const own = keptDimensions === undefined ? known : { ...known, keptDimensions };
    return { model, modelsFolder: carriedModelsFolder, settings: own, threads };
  }
  if (modelsFolder === undefined || !isAbsolute(modelsFolder)) {
    throw new LarderError("EMBEDDER_MODEL_MISSING", { details: { model, reason: "no absolute models folder" } });
  }
  return { model, modelsFolder, settings: { ...(known ?? defaultEmbeddingModel), ...settings }, threads };
}
