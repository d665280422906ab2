export { createIngestionWorker, type IngestionWorker } from "./ingestion-worker.ts";
export { exhausted, planFailure, type RetryLimits } from "./plan-failure.ts";
export type { TaskPorts } from "./prepare-document.ts";
export { processTask } from "./process-task.ts";
export { createReindexer, type Reindexer, type ReindexerOptions } from "./reindexer.ts";
export type { IngestionWorkerOptions, WorkerEvent } from "./worker-options.ts";
