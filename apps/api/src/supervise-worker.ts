import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Call, ComponentHealth } from "@larder/contracts";
import type { WorkerSettings } from "./worker-settings.ts";

export interface SupervisedWorker extends AsyncDisposable {
  /** Resolves when the worker looks for tasks. */
  start(call: Call): Promise<void>;
  wake(): void;
  health(): ComponentHealth;
  /** Of the running processes. */
  readonly pids: readonly number[];
}

const stopTimeoutMs = 5_000; // tasks in work are given back at once; the rest is closing files

/** Keeps worker processes alive: what kills one costs its tasks a lease, never the API. */
export function superviseWorkers(
  settings: readonly WorkerSettings[],
  onOutput?: (text: string) => void,
): SupervisedWorker {
  const children = settings.map((each) => superviseOne(each, onOutput));
  return {
    async start(call) {
      await Promise.all(children.map((child) => child.start(call)));
    },
    wake() {
      for (const child of children) {
        if (child.state === "ready") child.request("wake", undefined, untilStopped()).catch(() => undefined); // it polls too
      }
    },
    health: () => healthOf(children),
    get pids() {
      return children.flatMap(({ pid }) => pid ?? []);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(children.map(stop));
    },
  };
}

function superviseOne({ failPoint, ...settings }: WorkerSettings, onOutput?: (text: string) => void): ChildProcess {
  let isFirst = true;
  return openChildProcess({
    name: "worker",
    entry: entryUrl(import.meta.url, "./worker-process"),
    ...(onOutput === undefined ? {} : { onOutput }),
    onStart: async (request) => {
      const given = isFirst && failPoint !== undefined ? { ...settings, failPoint } : settings;
      isFirst = false;
      await request("start", given);
    },
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.state === "ready") await child.request("stop", undefined, untilStopped()).catch(() => undefined);
  await child.close();
}

function untilStopped(): Call {
  return { signal: AbortSignal.timeout(stopTimeoutMs) };
}

function healthOf(children: readonly ChildProcess[]): ComponentHealth {
  const waiting = children.filter(({ state }) => state !== "ready");
  if (waiting.length === 0) return { name: "worker", state: "ok", detail: "takes documents in" };
  const isRestart = waiting.some(({ starts }) => starts > 1);
  const detail = isRestart ? "is being restarted; documents wait meanwhile" : "is starting";
  const share = children.length === 1 ? "" : ` (${waiting.length} of ${children.length})`;
  return { name: "worker", state: "degraded", detail: `${detail}${share}` };
}
