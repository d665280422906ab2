import { rm } from "node:fs/promises";
import type { MeasurableLarder, TextReading } from "@larder/api";
import { openInProcess } from "@larder/api";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { DataSet } from "@larder/evaluation";
import type { CachedEmbedder } from "./cached-embedder.ts";
import { createCachedEmbedder } from "./cached-embedder.ts";
import type { KnowledgeBaseOfSet } from "./knowledge-base-of-set.ts";
import { buildKnowledgeBase } from "./knowledge-base-of-set.ts";
import { larderReading } from "./set-readings.ts";
import type { StageProgress } from "./stage-progress.ts";
import { makeWorkFolder } from "./work-folder.ts";

/** A Larder of its own in this process, and what measures it. */
export interface EvaluationBench {
  readonly larder: MeasurableLarder;
  readonly reading: TextReading;
  readonly embedder: CachedEmbedder;
  readonly progress: StageProgress;
}

/** In a temporary folder and, unless it shall ask models, without any network; both are gone when `act` is done. */
export async function withEvaluationBench<Result>(
  cacheFolder: string,
  env: Readonly<Record<string, string | undefined>>,
  progress: StageProgress,
  act: (bench: EvaluationBench) => Promise<Result>,
  { isOffline }: { readonly isOffline: boolean } = { isOffline: true },
): Promise<Result> {
  const folder = await makeWorkFolder();
  try {
    let embedder: CachedEmbedder | undefined;
    const opened = await openInProcess(
      { ...env, LARDER_DATA_DIR: folder, ...(isOffline ? { LARDER_OFFLINE: "1" } : {}) },
      {
        isWorking: false,
        decorateEmbedder: (raw) => {
          embedder = createCachedEmbedder(raw, cacheFolder, () => performance.now());
          return embedder;
        },
      },
    );
    try {
      if (embedder === undefined) throw new LarderError("UNEXPECTED");
      return await act({ larder: opened.larder, reading: opened.reading, embedder, progress });
    } finally {
      await opened.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The set's documents as Larder reads them in production, with their vectors kept for the next run. */
export async function addDocuments(
  { larder, reading, embedder, progress }: EvaluationBench,
  set: DataSet,
  call: Call,
): Promise<KnowledgeBaseOfSet> {
  const reader = larderReading(set, reading, embedder);
  const base = await progress.during(`${set.name}: documents`, set.documents.length, (step) =>
    buildKnowledgeBase(larder, set, reader, step, call),
  );
  await embedder.save();
  return base;
}
