import { setMaxListeners } from "node:events";
import type { Call, Clock, LeasedTask, TaskQueue, TaskState } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export interface GroupLeases {
  /** Aborted when the worker stops. */
  readonly signal: AbortSignal;
  /** Aborted when this task's lease was lost, and when the worker stops. */
  signalOf(task: LeasedTask): AbortSignal;
  isLost(task: LeasedTask): boolean;
  /** What readers shall see of a task; carried with the next renewal, which is at once where the last is long ago. */
  report(tasks: readonly LeasedTask[], state: TaskState): void;
  /** No further renewal of this task: it ended. */
  drop(task: LeasedTask): void;
  /** Waits for a renewal under way. */
  stop(): Promise<void>;
}

export interface GroupLeasesOptions {
  readonly queue: Pick<TaskQueue, "renewGroup">;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly onTrouble: (cause: unknown) => void;
}

/** Progress is written no more often: a short document's whole life is shorter. Chosen arbitrarily. */
const reportEveryMs = 1_000;

const unbounded: Call = { signal: new AbortController().signal };

/** An embedder splits a call, and each of its requests listens for the abort. */
const listenersMax = 64;

/**
 * Renews the claims of a group at a third of their life, in one transaction, and hears which of them were lost. Signals
 * are made here by hand: what `AbortSignal.any` makes of a signal that lives as long as the worker stays in memory.
 */
export function keepLeases(tasks: readonly LeasedTask[], options: GroupLeasesOptions, call: Call): GroupLeases {
  const { queue, clock, leaseMs, onTrouble } = options;
  const held = new Map(tasks.map((task) => [task.id, task]));
  const states = new Map<LeasedTask["id"], TaskState>();
  const lost = new Set<LeasedTask["id"]>();
  const group = new AbortController();
  const controllers = new Map(tasks.map((task) => [task.id, new AbortController()]));
  for (const controller of [group, ...controllers.values()]) setMaxListeners(listenersMax, controller.signal);
  const stopAll = (): void => {
    for (const controller of [group, ...controllers.values()]) controller.abort(call.signal.reason);
  };
  call.signal.addEventListener("abort", stopAll, { once: true });
  if (call.signal.aborted) stopAll();
  let isStopped = false;
  let renewedMs = clock.monotonicMs();
  let renewal: Promise<void> = Promise.resolve();

  const renew = (): void => {
    renewedMs = clock.monotonicMs();
    renewal = renewal
      .then(async () => {
        const renewing = [...held.values()];
        if (isStopped || renewing.length === 0) return;
        const initial = { status: "parsing", progress: 0 } as const;
        const shown = renewing.map((task) => ({ task, ...(states.get(task.id) ?? initial) }));
        const kept = await queue.renewGroup(shown, leaseMs, unbounded);
        for (const { id } of renewing) {
          if (kept.has(id) || !held.delete(id)) continue; // one that ended while the renewal was under way was not lost
          lost.add(id);
          controllers.get(id)?.abort(new LarderError("REQUEST_ABORTED"));
        }
      })
      .catch(onTrouble);
  };
  const timer = setInterval(renew, leaseMs / 3);

  return {
    signal: group.signal,
    signalOf: ({ id }) => (controllers.get(id) ?? group).signal,
    isLost: ({ id }) => lost.has(id),
    report(of, state) {
      for (const task of of) states.set(task.id, state);
      if (clock.monotonicMs() - renewedMs >= Math.min(reportEveryMs, leaseMs / 3)) renew();
    },
    drop(task) {
      held.delete(task.id);
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      call.signal.removeEventListener("abort", stopAll);
      await renewal;
    },
  };
}
