import type { Call, Clock, LeasedTask, TaskQueue } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { RetryLimits } from "./plan-failure.ts";
import { exhausted, planFailure } from "./plan-failure.ts";
import type { TaskPorts } from "./process-task.ts";
import { processTask } from "./process-task.ts";

export interface IngestionWorkerOptions extends TaskPorts {
  readonly queue: TaskQueue;
  readonly clock: Clock;
  /** Tells workers apart in the lease. */
  readonly name: string;
  /** Tasks in work at once: one is parsed while another is embedded. @defaultValue 2 */
  readonly tasksAtOnceMax?: number;
  /** A claim that is not renewed for so long is given to another worker. @defaultValue 10000 */
  readonly leaseMs?: number;
  /** Longest wait before an idle worker looks again without having been woken. @defaultValue 500 */
  readonly pollMs?: number;
  readonly retry?: Partial<RetryLimits>;
  /** Told of every defect and every task that ended, for the log; must not throw. */
  readonly onEvent?: (event: WorkerEvent) => void;
}

export type WorkerEvent =
  | { readonly kind: "finished"; readonly task: LeasedTask; readonly passages: number; readonly totalMs: number }
  | { readonly kind: "failed" | "released"; readonly task: LeasedTask; readonly code: string; readonly cause?: unknown }
  | { readonly kind: "lost"; readonly task: LeasedTask }
  | { readonly kind: "trouble"; readonly cause: unknown };

/** Takes tasks from the queue and makes documents ready, until its signal aborts. */
export interface IngestionWorker {
  /** Resolves after an abort, once the tasks in work were given back. */
  run(call: Call): Promise<void>;
  /** Looks for tasks now. */
  wake(): void;
}

const retryDefaults: RetryLimits = { attemptsMax: 5, retryDelayMsMin: 500, retryDelayMsMax: 30_000 };

export function createIngestionWorker(options: IngestionWorkerOptions): IngestionWorker {
  const { queue, clock, name, tasksAtOnceMax = 2, leaseMs = 10_000, pollMs = 500, onEvent = () => undefined } = options;
  const retry = { ...retryDefaults, ...options.retry };
  const unbounded: Call = { signal: new AbortController().signal }; // ends of tasks are written down even while stopping
  let wakeUp: () => void = () => undefined;
  let isWoken = false;

  async function run(call: Call): Promise<void> {
    const active = new Set<Promise<void>>();
    while (!call.signal.aborted) {
      if (active.size >= tasksAtOnceMax) {
        await Promise.race(active); // an abort ends these too
        continue;
      }
      const task = await leaseNext(call);
      if (task === undefined) {
        await nextLook(call.signal);
        continue;
      }
      const work = workOn(task, call).finally(() => active.delete(work));
      active.add(work);
    }
    await Promise.all(active);
  }

  async function leaseNext(call: Call): Promise<LeasedTask | undefined> {
    isWoken = false;
    try {
      return await queue.lease({ name, leaseMs }, call);
    } catch (cause) {
      if (!call.signal.aborted) onEvent({ kind: "trouble", cause }); // a busy or full disk: look again later
      return undefined;
    }
  }

  async function workOn(task: LeasedTask, call: Call): Promise<void> {
    const startedMs = clock.monotonicMs();
    const lost = new AbortController();
    const taskCall = { signal: AbortSignal.any([call.signal, lost.signal]) };
    const lease = keepLease(task, () => lost.abort(new LarderError("REQUEST_ABORTED")));
    try {
      if (task.attempt > retry.attemptsMax) {
        await queue.fail(task, exhausted(task.attempt - 1), unbounded);
        onEvent({ kind: "failed", task, code: "JOB_ATTEMPTS_EXHAUSTED" });
        return;
      }
      const version = await processTask(task, options, lease.report, taskCall);
      await lease.stop();
      const isPublished = await queue.finish(task, version, taskCall);
      const totalMs = clock.monotonicMs() - startedMs;
      onEvent(
        isPublished ? { kind: "finished", task, passages: version.passages.length, totalMs } : { kind: "lost", task },
      );
    } catch (thrown) {
      await lease.stop();
      if (lost.signal.aborted) onEvent({ kind: "lost", task });
      else if (call.signal.aborted) await giveBack(task);
      else await endFailed(task, thrown);
    }
  }

  /** A stopping worker's task is nobody's fault: whoever comes next takes it at once. */
  async function giveBack(task: LeasedTask): Promise<void> {
    const error = {
      code: "SERVER_STOPPING",
      message: "The worker stopped.",
      hint: "It goes on after the next start.",
    } as const;
    await queue.release(task, error, 0, unbounded).catch((cause: unknown) => onEvent({ kind: "trouble", cause }));
  }

  async function endFailed(task: LeasedTask, thrown: unknown): Promise<void> {
    const plan = planFailure(thrown, task.attempt, retry);
    try {
      if (plan.kind === "fail") await queue.fail(task, plan.error, unbounded);
      else await queue.release(task, plan.error, plan.delayMs, unbounded);
      onEvent({ kind: plan.kind === "fail" ? "failed" : "released", task, code: plan.error.code, cause: thrown });
    } catch (cause) {
      onEvent({ kind: "trouble", cause }); // the lease runs out and the task is taken again
    }
  }

  /** Renews the claim at a third of its life and carries the newest progress with it. */
  function keepLease(task: LeasedTask, onLost: () => void) {
    let newest: { status: "parsing" | "embedding"; progress: number } = { status: "parsing", progress: 0 };
    let isStopped = false;
    let renewal: Promise<void> = Promise.resolve();
    const renew = (): void => {
      renewal = renewal
        .then(async () => {
          if (isStopped) return;
          const isHeld = await queue.renew(task, { ...newest, leaseMs }, unbounded);
          if (!isHeld) onLost();
        })
        .catch((cause: unknown) => onEvent({ kind: "trouble", cause }));
    };
    const timer = setInterval(renew, leaseMs / 3);
    return {
      report(status: "parsing" | "embedding", progress: number): void {
        newest = { status, progress };
        renew();
      },
      async stop(): Promise<void> {
        isStopped = true;
        clearInterval(timer);
        await renewal;
      },
    };
  }

  /** Until the next poll, a wake-up or an abort, whichever comes first. */
  function nextLook(signal: AbortSignal): Promise<void> {
    if (isWoken || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, pollMs);
      signal.addEventListener("abort", end, { once: true });
      wakeUp = end;
    });
  }

  return {
    run,
    wake() {
      isWoken = true;
      wakeUp();
    },
  };
}
