export {
  createIngestionWorker,
  type IngestionWorker,
  type IngestionWorkerOptions,
  type WorkerEvent,
} from "./ingestion-worker.ts";
export { exhausted, planFailure, type RetryLimits } from "./plan-failure.ts";
export { processTask, type TaskPorts } from "./process-task.ts";
