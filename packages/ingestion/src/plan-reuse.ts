import type { Call, Embedder, TaskQueue } from "@larder/contracts";
import type { DocumentStages } from "./document-stages.ts";
import type { PreparedDocument, VectorsByText } from "./prepared-document.ts";

export interface ReuseSources {
  readonly embedder: Embedder;
  readonly queue: Pick<TaskQueue, "liveVectors">;
  readonly stages: DocumentStages | undefined;
}

/** Vectors that are there already for texts of these documents: of live versions, and of earlier attempts. */
export async function planReuse(
  documents: readonly PreparedDocument[],
  { embedder, queue, stages }: ReuseSources,
  call: Call,
): Promise<VectorsByText> {
  const known = new Map<string, Float32Array>();
  for (const { task } of documents) {
    const live = task.version > 1 ? await queue.liveVectors(task, embedder.id, call) : [];
    const staged = (await stages?.readVectors(task, embedder, call)) ?? [];
    for (const [sha256, vector] of [...live, ...staged]) known.set(sha256, vector);
  }
  return known;
}
