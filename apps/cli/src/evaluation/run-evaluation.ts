import { rm } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { openInProcess } from "@larder/api";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { EvaluationRun, SetScores } from "@larder/evaluation";
import { readDataSet, sampleQueries } from "@larder/evaluation";
import type { CachedEmbedder } from "./cached-embedder.ts";
import { createCachedEmbedder } from "./cached-embedder.ts";
import { evaluateSet } from "./evaluate-set.ts";
import type { EvaluationOptions } from "./evaluation-options.ts";
import { findSets } from "./evaluation-options.ts";
import type { StageProgress } from "./stage-progress.ts";
import { makeWorkFolder } from "./work-folder.ts";

/** Every set through a Larder of its own in this process, in a temporary folder and without any network. */
export async function runEvaluation(
  options: Omit<EvaluationOptions, "isJson" | "html" | "save">,
  env: Readonly<Record<string, string | undefined>>,
  progress: StageProgress,
  call: Call,
): Promise<EvaluationRun> {
  const names = options.sets ?? (await findSets(options.data));
  const folder = await makeWorkFolder();
  try {
    let embedder: CachedEmbedder | undefined;
    const opened = await openInProcess(
      { ...env, LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1" },
      {
        isWorking: false,
        decorateEmbedder: (raw) => {
          embedder = createCachedEmbedder(raw, options.cacheFolder, () => performance.now());
          return embedder;
        },
      },
    );
    try {
      if (embedder === undefined) throw new LarderError("UNEXPECTED");
      const { larder, reading } = opened;
      const sets: SetScores[] = [];
      for (const name of names) {
        const whole = await readDataSet(options.data, name);
        const set = options.queriesMax === undefined ? whole : sampleQueries(whole, options.queriesMax);
        sets.push(await evaluateSet({ larder, reading, embedder, progress }, set, options, call));
      }
      const { retriever, tokenCounter } = larder;
      return {
        retriever: retriever.id,
        embedder: embedder.id,
        tokenCounter: tokenCounter.id,
        machine: describeMachine(),
        measuredAt: new Date().toISOString(),
        sets,
      };
    } finally {
      await opened.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describeMachine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}, ${memory}, Node ${process.version}`;
}
