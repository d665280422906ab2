import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Call, ComponentHealth } from "@larder/contracts";
import type { WorkerSettings } from "./worker-settings.ts";

export interface SupervisedWorker extends AsyncDisposable {
  /** Resolves when the worker looks for tasks. */
  start(call: Call): Promise<void>;
  wake(): void;
  health(): ComponentHealth;
}

const stopTimeoutMs = 5_000; // tasks in work are given back at once; the rest is closing files

/** Keeps one worker process alive: what kills it costs its tasks a lease, never the API. */
export function superviseWorker(settings: WorkerSettings): SupervisedWorker {
  const child = openChildProcess({
    name: "worker",
    entry: entryUrl(import.meta.url, "./worker-process"),
    onStart: async (request) => {
      await request("start", settings);
    },
  });
  return {
    start: (call) => child.start(call),
    wake() {
      if (child.state === "ready") child.request("wake", undefined, untilStopped()).catch(() => undefined); // it polls too
    },
    health: () => healthOf(child),
    async [Symbol.asyncDispose]() {
      if (child.state === "ready") await child.request("stop", undefined, untilStopped()).catch(() => undefined);
      await child.close();
    },
  };
}

function untilStopped(): Call {
  return { signal: AbortSignal.timeout(stopTimeoutMs) };
}

function healthOf({ state, starts }: ChildProcess): ComponentHealth {
  if (state === "ready") return { name: "worker", state: "ok", detail: "takes documents in" };
  const detail = starts > 1 ? "is being restarted; documents wait meanwhile" : "is starting";
  return { name: "worker", state: "degraded", detail };
}
