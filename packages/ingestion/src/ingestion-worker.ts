import type { Call, LeasedTask, TaskPriority } from "@larder/contracts";
import { mayBegin, noFailPoint, taskPriorities } from "@larder/contracts";
import { createDocumentStages } from "./document-stages.ts";
import type { RetryLimits } from "./plan-failure.ts";
import { createTaskEnds } from "./task-ends.ts";
import { workOnGroup } from "./work-on-group.ts";
import type { IngestionWorkerOptions } from "./worker-options.ts";

/** Takes tasks from the queue and makes documents ready, until its signal aborts. */
export interface IngestionWorker {
  /** Resolves after an abort, once the tasks in work were given back. */
  run(call: Call): Promise<void>;
  /** Looks for tasks now. */
  wake(): void;
}

const retryDefaults: RetryLimits = { attemptsMax: 5, retryDelayMsMin: 500, retryDelayMsMax: 30_000 };

export function createIngestionWorker(options: IngestionWorkerOptions): IngestionWorker {
  const { queue, name, tasksAtOnceMax = 2, leaseMs = 10_000, pollMs = 500, onEvent = () => undefined } = options;
  const { groupTasksMax: tasksMax = 32, groupBytesMax: bytesMax = 2 ** 20, reachFailPoint = noFailPoint } = options;
  const retry = { ...retryDefaults, ...options.retry };
  const stages = openStages(options);
  const ends = createTaskEnds(queue, retry, onEvent, async (task) => stages?.remove(task));
  const work = { options, leaseMs, attemptsMax: retry.attemptsMax, stages, ends };
  let wakeUp: () => void = () => undefined;
  let isWoken = false;

  async function run(call: Call): Promise<void> {
    const active = new Map<Promise<void>, TaskPriority>();
    while (!call.signal.aborted) {
      const lowest = taskPriorities.findLast((each) => mayBegin(each, active.values(), tasksAtOnceMax));
      if (lowest === undefined) {
        await Promise.race(active.keys()); // an abort ends these too
        continue;
      }
      const tasks = await leaseNext(lowest, call);
      const [first] = tasks;
      if (first === undefined) {
        await nextLook(call.signal);
        continue;
      }
      reachFailPoint("after-lease");
      const working = workOnGroup(tasks, work, call)
        .catch((cause: unknown) => onEvent({ kind: "trouble", cause })) // their leases run out
        .finally(() => {
          active.delete(working);
          wake(); // there may be room for what had none
        });
      active.set(working, first.priority);
    }
    await Promise.all(active.keys());
  }

  async function leaseNext(lowest: TaskPriority, call: Call): Promise<readonly LeasedTask[]> {
    isWoken = false;
    const below = taskPriorities[taskPriorities.indexOf(lowest) + 1];
    const limits = { name, leaseMs, tasksMax, bytesMax, ...(below === undefined ? {} : { above: below }) };
    try {
      return await queue.leaseGroup(limits, call);
    } catch (cause) {
      if (!call.signal.aborted) onEvent({ kind: "trouble", cause }); // a busy or full disk: look again later
      return [];
    }
  }

  function wake(): void {
    isWoken = true;
    wakeUp();
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

  return { run, wake };
}

function openStages(options: IngestionWorkerOptions) {
  const { stages: store, clock, parser, splitter, reachFailPoint = noFailPoint, onEvent = () => undefined } = options;
  const { stageParseMsMin: parseMsMin, stageVectorsEveryMs: vectorsEveryMs } = options;
  if (store === undefined) return undefined;
  return createDocumentStages({
    ...{ store, clock, parserId: parser.id, splitterId: splitter.id },
    ...(parseMsMin === undefined ? {} : { parseMsMin }),
    ...(vectorsEveryMs === undefined ? {} : { vectorsEveryMs }),
    onKept: () => reachFailPoint("after-stage"),
    onTrouble: (cause) => onEvent({ kind: "trouble", cause }),
  });
}
