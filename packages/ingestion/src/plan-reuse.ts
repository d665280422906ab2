import type { Call, Embedder, TaskQueue } from "@larder/contracts";
import type { DocumentStages } from "./document-stages.ts";
import type { PreparedDocument, VectorsByText } from "./prepared-document.ts";

export interface ReuseSources {
  readonly embedder: Embedder;
  readonly queue: Pick<TaskQueue, "heldVectors" | "liveVectors">;
  readonly stages: DocumentStages | undefined;
}

/** Vectors that are there already for texts of these documents: of any document of the knowledge base, and of earlier attempts. */
export async function planReuse(
  documents: readonly PreparedDocument[],
  { embedder, queue, stages }: ReuseSources,
  call: Call,
): Promise<VectorsByText> {
  const known = new Map<string, Float32Array>();
  for (const { task, texts } of documents) {
    const sha256s = texts.map(({ sha256 }) => sha256);
    const held = await queue.heldVectors(task, embedder.id, sha256s, call);
    // What was stored before vectors were found by their texts is found by its document.
    const isAllHeld = sha256s.every((sha256) => held.has(sha256));
    const live = task.version === 1 || isAllHeld ? [] : await queue.liveVectors(task, embedder.id, call);
    const staged = (await stages?.readVectors(task, embedder, call)) ?? [];
    for (const [sha256, vector] of [...live, ...staged, ...held]) known.set(sha256, vector);
  }
  return known;
}
