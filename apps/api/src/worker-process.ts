import { serveRequests } from "@larder/child-process";
import { composeWorker } from "./compose-worker.ts";
import type { RunningWorker } from "./worker-handle.ts";
import type { WorkerSettings } from "./worker-settings.ts";

/** The ingestion worker as a process of its own, started and watched by the API process. */
let worker: RunningWorker | undefined;

serveRequests({
  start: async (settings: WorkerSettings) => {
    worker = await composeWorker(settings);
  },
  wake: async () => worker?.wake(),
  health: async () => worker?.health(),
  stop: async () => worker?.close(),
});
