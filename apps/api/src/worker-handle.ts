import type { ComponentHealth } from "@larder/contracts";

/** Whoever works off the tasks, as far as the routes see it. */
export interface WorkerHandle {
  wake(): void;
  /** `undefined` when it runs inside this process and has no health of its own. */
  health(): ComponentHealth | undefined;
}

/** A worker that looks for tasks until it is closed. */
export interface RunningWorker {
  wake(): void;
  health(): readonly ComponentHealth[];
  /** Gives back what is in work and closes what was opened for it. */
  close(): Promise<void>;
}
