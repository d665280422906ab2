import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pinModelFiles } from "@larder/model-files";
import { encodePairGraph } from "@larder/testkit";

const vocabularySize = 28_000;
/** `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`. */
const silentIds = [0, 1, 2, 3, 4];
const tokenizerFolder = fileURLToPath(new URL("../../embedder/models/larder-embed-v1", import.meta.url));

export interface PairModel {
  /** @defaultValue [1]: one label */
  readonly factors?: readonly number[];
  /** @defaultValue true */
  readonly isPinned?: boolean;
}

/** A cross-encoder that is no good but real: hand-written graph, the carried model's tokenizer, pinned. */
export async function writePairModel(
  modelsFolder: string,
  model: string,
  { factors = [1], isPinned = true }: PairModel = {},
): Promise<void> {
  const folder = join(modelsFolder, model);
  await mkdir(join(folder, "onnx"), { recursive: true });
  for (const file of ["tokenizer.json", "tokenizer_config.json"])
    await cp(join(tokenizerFolder, file), join(folder, file));
  const labels = Object.fromEntries(factors.map((_, i) => [i, `LABEL_${i}`]));
  const config = { architectures: ["BertForSequenceClassification"], model_type: "bert", id2label: labels };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const graph = encodePairGraph({ vocabularySize, silentIds, factors });
  await writeFile(join(folder, "onnx/model_quantized.onnx"), graph);
  if (isPinned) await pinModelFiles({ folder, dtype: "q8", isReplacing: true });
}
