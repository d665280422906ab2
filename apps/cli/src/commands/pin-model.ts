import { basename, dirname, relative, resolve, sep } from "node:path";
import type { ModelDtype, ModelTask } from "@larder/model-files";
import { isModelId, pinFile, pinModelFiles } from "@larder/model-files";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../render/problem.ts";
import { counted } from "../render/words.ts";

export interface PinGiven {
  readonly dtype: ModelDtype;
  readonly replace: boolean;
}

/** `larder models pin`: writes down what a model's files are now, and says how to use it. */
export async function pinModel(given: string, { dtype, replace }: PinGiven, context: CommandContext): Promise<number> {
  const folder = resolve(given);
  const { fileHashes, isWritten, task } = await pinModelFiles({ folder, dtype, isReplacing: replace });
  const place = placeOf(folder, process.env.LARDER_MODELS_DIR);
  const settings = settingsFor(place, task, dtype);
  if (context.options.json) {
    context.print(JSON.stringify({ model: place.model, task, is_written: isWritten, files: fileHashes, settings }));
    return exitCodes.ok;
  }
  const files = counted(Object.keys(fileHashes).length, "file");
  const done = isWritten ? `${files} of ${place.model} pinned in ${pinFile}` : `${files} of ${place.model} as pinned`;
  const guide = task === "reranking" ? "docs/guides/reranking.md" : "docs/guides/embedding-models.md";
  context.print(
    [
      `${pc.green("ok")} ${done}. To use it for ${task}:`,
      ...Object.entries(settings).map(([name, value]) => `  ${name}=${value}`),
      pc.dim(
        task === "reranking"
          ? `What it does: ${guide}`
          : `What it may need besides, such as prefixes and pooling: ${guide}`,
      ),
    ].join("\n"),
  );
  return exitCodes.ok;
}

export interface ModelPlace {
  readonly modelsFolder: string;
  readonly model: string;
}

/** As the setting has it when the model lies in there; else by the folder's own name and its owner's. */
export function placeOf(folder: string, modelsFolder: string | undefined): ModelPlace {
  if (modelsFolder?.trim()) {
    const model = relative(resolve(modelsFolder), folder).split(sep).join("/");
    if (isModelId(model)) return { modelsFolder: resolve(modelsFolder), model };
  }
  const owner = dirname(folder);
  const model = `${basename(owner)}/${basename(folder)}`;
  return isModelId(model) ? { modelsFolder: dirname(owner), model } : { modelsFolder: owner, model: basename(folder) };
}

function settingsFor({ modelsFolder, model }: ModelPlace, task: ModelTask, dtype: ModelDtype) {
  const isDefault = dtype === "q8";
  return task === "reranking"
    ? {
        LARDER_MODELS_DIR: modelsFolder,
        LARDER_RERANKER_MODEL: model,
        ...(isDefault ? {} : { LARDER_RERANKER_DTYPE: dtype }),
      }
    : {
        LARDER_MODELS_DIR: modelsFolder,
        LARDER_EMBEDDING_MODEL: model,
        ...(isDefault ? {} : { LARDER_EMBEDDING_DTYPE: dtype }),
      };
}
