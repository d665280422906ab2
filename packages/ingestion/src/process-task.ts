import type { Call, Clock, FinishedVersion, LeasedTask } from "@larder/contracts";
import { embedDocuments, toFinishedVersion } from "./embed-documents.ts";
import type { TaskPorts } from "./prepare-document.ts";
import { prepareDocument } from "./prepare-document.ts";

/** Called at each step of a task. `progress` is 0 … 1 over the whole task and never falls. */
export type ReportProgress = (status: "parsing" | "embedding", progress: number) => void;

export const parsedProgress = 0.1; // share of a task that parsing stands for; chosen arbitrarily

const realTime: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/**
 * One document version from its stored bytes to everything that makes it ready, without a queue. Writes nothing.
 * @throws {@link LarderError} what the parser and the embedder throw; `DOCUMENT_NO_TEXT`
 */
export async function processTask(
  task: LeasedTask,
  ports: TaskPorts,
  report: ReportProgress,
  call: Call,
): Promise<FinishedVersion> {
  report("parsing", 0);
  const prepared = await prepareDocument(task, { ...ports, clock: realTime }, undefined, call);
  report("embedding", parsedProgress);
  const onProgress = (share: number) => report("embedding", parsedProgress + (1 - parsedProgress) * share);
  const run = { embedder: ports.embedder, clock: realTime, known: new Map(), onProgress };
  const [embedded] = await embedDocuments([prepared], run, call);
  if (embedded === undefined) throw new TypeError("One document was embedded.");
  return toFinishedVersion(embedded, "keep");
}
