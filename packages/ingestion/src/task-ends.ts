import type { Call, ErrorRecord, FinishedVersion, LeasedTask, TaskQueue } from "@larder/contracts";
import type { RetryLimits } from "./plan-failure.ts";
import { attemptsOf, planFailure } from "./plan-failure.ts";
import type { WorkerEvent } from "./worker-options.ts";

/** Writes down how tasks end, also while the worker stops, and tells of it. */
export interface TaskEnds {
  finished(task: LeasedTask, version: FinishedVersion, totalMs: number): void;
  lost(task: LeasedTask): void;
  fail(task: LeasedTask, error: ErrorRecord): Promise<void>;
  /** Later again when that may help, else the end with its reason. */
  endThrown(task: LeasedTask, thrown: unknown, isLost: boolean): Promise<void>;
  /** A stopping worker's tasks are nobody's fault: whoever comes next takes them at once. */
  giveBackOpen(tasks: readonly LeasedTask[]): Promise<void>;
}

const unbounded: Call = { signal: new AbortController().signal };

const stopping = {
  code: "SERVER_STOPPING",
  message: "The worker stopped.",
  hint: "It goes on after the next start.",
} as const;

/** @param forgetStages - Of a document that failed for good, and may never be tried again */
export function createTaskEnds(
  queue: TaskQueue,
  retry: RetryLimits,
  onEvent: (event: WorkerEvent) => void,
  forgetStages: (task: LeasedTask) => Promise<void> = async () => undefined,
): TaskEnds {
  const ended = new WeakSet<LeasedTask>();
  const trouble = (cause: unknown) => onEvent({ kind: "trouble", cause });
  return {
    finished(task, { passages, passagesReused = 0, timingsMs }, totalMs) {
      ended.add(task);
      const timings = timingsMs ?? { queued: task.queuedMs, parse: 0, split: 0, embed: 0 };
      const counted = { passages: passages.length, passagesReused };
      onEvent({ kind: "finished", task, ...counted, timingsMs: timings, totalMs });
    },
    lost(task) {
      if (ended.has(task)) return;
      ended.add(task);
      onEvent({ kind: "lost", task });
    },
    async fail(task, error) {
      ended.add(task);
      await queue.fail(task, error, unbounded);
      await forgetStages(task);
      onEvent({ kind: "failed", task, code: error.code });
    },
    async endThrown(task, thrown, isLost) {
      if (isLost) return this.lost(task);
      ended.add(task);
      const plan = planFailure(thrown, task.attempt, { ...retry, attemptsMax: attemptsOf(task, retry.attemptsMax) });
      try {
        if (plan.kind === "fail") {
          await queue.fail(task, plan.error, unbounded);
          await forgetStages(task);
        } else await queue.release(task, plan.error, plan.delayMs, unbounded);
        onEvent({ kind: plan.kind === "fail" ? "failed" : "released", task, code: plan.error.code, cause: thrown });
      } catch (cause) {
        trouble(cause); // the lease runs out and the task is taken again
      }
    },
    async giveBackOpen(tasks) {
      for (const task of tasks) {
        if (!ended.has(task)) await queue.release(task, stopping, 0, unbounded).catch(trouble);
      }
    },
  };
}
