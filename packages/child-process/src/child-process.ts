import type { ChildProcess as NodeChild } from "node:child_process";
import { fork } from "node:child_process";
import { Duplex } from "node:stream";
import { LarderError } from "@larder/contracts";
import { beNice } from "./be-nice.ts";
import type { ChildProcess, ChildProcessOptions, ChildProcessState } from "./child-process-port.ts";
import { FrameChannel } from "./frame-channel.ts";
import { frameBytesMaxDefault } from "./frames.ts";
import type { ChildMessage, ParentMessage } from "./messages.ts";
import { listenForAbort, orAbort } from "./or-abort.ts";
import { programOf } from "./program-of.ts";
import { frameDescriptor } from "./serve-frames.ts";
import { residentBytesOf, watchResidentBytes } from "./watch-resident-bytes.ts";

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface Running {
  readonly node: NodeChild;
  readonly pending: Map<number, Pending>;
  readonly frames: FrameChannel | undefined;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  killReason: LarderError | undefined;
  lastWords: string;
}

const lastWordsCharactersMax = 4_000; // of standard error, kept for the cause of a crash

export function openChildProcess(options: ChildProcessOptions): ChildProcess {
  const { restartDelayMsMin = 100, restartDelayMsMax = 5_000, startTimeoutMs = 60_000 } = options;
  let state: ChildProcessState = "stopped";
  let running: Running | undefined;
  let starts = 0;
  let failuresInRow = 0;
  let nextId = 1;
  let restartTimer: NodeJS.Timeout | undefined;
  let backOff: Promise<void> | undefined;
  let endBackOff: () => void = () => undefined;

  function launch(): Running {
    starts += 1;
    state = starts === 1 ? "starting" : "restarting";
    const { path, args, execArgv } = programOf(options);
    const node = fork(path, args, {
      execArgv,
      env: { ...options.environment },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc", ...(options.frames === undefined ? [] : ["pipe" as const])],
    });
    beNice(node.pid, options.niceness);
    const pending = new Map<number, Pending>();
    let markReady: () => void = () => undefined;
    const isListening = new Promise<void>((resolve) => {
      markReady = resolve;
    });
    const ended = new Promise<void>((resolve) => {
      node.once("exit", () => resolve());
      node.once("error", () => resolve()); // could not be spawned at all
    });
    const frames = openFrames(node);
    const child: Running = { node, pending, frames, ended, ready: begin(), killReason: undefined, lastWords: "" };
    node.on("message", (message: ChildMessage) => {
      if (message.kind === "ready") markReady();
      else settle(pending, message);
    });
    node.stderr?.setEncoding("utf8").on("data", (text: string) => {
      child.lastWords = (child.lastWords + text).slice(-lastWordsCharactersMax);
      options.onOutput?.(text);
    });
    const stopWatching = watchMemory(child);
    void ended.then(() => {
      stopWatching();
      onEnd(child);
    });
    child.ready.catch(() => undefined); // whoever waits for it hears; nobody waiting is no crash
    return child;

    async function begin(): Promise<void> {
      const timer = setTimeout(() => node.kill("SIGKILL"), startTimeoutMs);
      try {
        await Promise.race([isListening, ended.then(() => Promise.reject(endedError(child)))]);
        await options.onStart?.((method, payload) => send(child, method, payload));
        if (running === child && state !== "closed") state = "ready";
        failuresInRow = 0;
      } catch (thrown) {
        if (LarderError.is(thrown)) child.killReason ??= thrown; // whoever waits hears what went wrong at the start
        node.kill("SIGKILL");
        throw thrown;
      } finally {
        clearTimeout(timer);
      }
    }
  }

  function openFrames(node: NodeChild): FrameChannel | undefined {
    const socket = node.stdio[frameDescriptor];
    if (options.frames === undefined || !(socket instanceof Duplex)) return undefined;
    const { bodyBytesMax = frameBytesMaxDefault } = options.frames;
    return new FrameChannel(socket, bodyBytesMax, () => node.kill("SIGKILL"));
  }

  function watchMemory(child: Running): () => void {
    const { name, residentBytesMax, memoryError } = options;
    if (residentBytesMax === undefined) return () => undefined;
    const details = { process: name, residentBytesMax };
    return watchResidentBytes(
      () => child.node.pid,
      residentBytesMax,
      () => {
        if (child.killReason !== undefined) return;
        child.killReason = memoryError?.() ?? new LarderError("CHILD_PROCESS_ENDED", { details });
        child.node.kill("SIGKILL");
      },
    );
  }

  function onEnd(child: Running): void {
    const error = endedError(child);
    for (const waiting of child.pending.values()) waiting.reject(error);
    child.pending.clear();
    child.frames?.rejectAll(error);
    if (running !== child) return;
    running = undefined;
    if (state === "closed") return;
    failuresInRow += 1;
    state = "stopped";
    if ((options.restart ?? "eager") === "eager") {
      state = "restarting";
      backOff = new Promise((resolve) => {
        endBackOff = resolve;
        restartTimer = setTimeout(() => {
          backOff = undefined;
          if (state !== "closed") ensureRunning();
          resolve();
        }, restartDelayMs());
        restartTimer.unref();
      });
    }
  }

  function endedError(child: Running): LarderError {
    if (child.killReason !== undefined) return child.killReason;
    const { exitCode, signalCode } = child.node;
    return new LarderError("CHILD_PROCESS_ENDED", {
      details: { process: options.name, exitCode: exitCode ?? -1, signal: signalCode ?? "none" },
      cause: child.lastWords,
    });
  }

  function restartDelayMs(): number {
    return Math.min(restartDelayMsMax, restartDelayMsMin * 2 ** Math.min(failuresInRow - 1, 10));
  }

  function ensureRunning(): Running {
    if (state === "closed") throw new LarderError("CHILD_PROCESS_ENDED", { details: { process: options.name } });
    running ??= launch();
    return running;
  }

  /** Waits for a pending restart instead of starting at once: requests must not spin a child that ends each time. */
  async function readyChild(signal: AbortSignal): Promise<Running> {
    if (state === "ready" && running !== undefined && running.killReason === undefined) return running;
    if (running?.killReason !== undefined) await orAbort(running.ended, signal); // it takes nothing on any more
    if (backOff !== undefined) {
      restartTimer?.ref();
      await orAbort(backOff, signal);
    }
    const child = ensureRunning();
    await orAbort(child.ready, signal);
    return child;
  }

  function send(child: Running, method: string, payload: unknown, signal?: AbortSignal): Promise<unknown> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (child.pending.delete(id) && child.node.connected) {
          child.node.send({ kind: "abort", id } satisfies ParentMessage, () => undefined);
        }
        reject(signal?.reason);
      };
      const finish =
        <T>(settleWith: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener("abort", onAbort);
          settleWith(value);
        };
      child.pending.set(id, { resolve: finish(resolve), reject: finish(reject) });
      if (signal !== undefined) listenForAbort(signal, onAbort);
      child.node.send({ kind: "request", id, method, payload } satisfies ParentMessage, (failure) => {
        if (failure === null) return;
        // The channel closes before the child has ended, and only its end lets the next request reach a successor: so
        // the end is waited for, and not for long, since a child without a channel is of no more use.
        child.node.kill("SIGKILL");
        void child.ended.then(() => {
          if (child.pending.delete(id)) finish(reject)(endedError(child));
        });
      });
    });
  }

  return {
    get state() {
      return state;
    },
    get pid() {
      return running?.node.pid;
    },
    get starts() {
      return starts;
    },
    residentBytes: async () => (running?.node.pid === undefined ? undefined : residentBytesOf(running.node.pid)),
    async start(call) {
      call.signal.throwIfAborted();
      await readyChild(call.signal);
    },
    async request(method, payload, call) {
      call.signal.throwIfAborted();
      const child = await readyChild(call.signal);
      call.signal.throwIfAborted();
      return send(child, method, payload, call.signal);
    },
    async requestFrame(method, parts, call) {
      call.signal.throwIfAborted();
      const { frames } = await readyChild(call.signal);
      call.signal.throwIfAborted();
      if (frames === undefined) throw new LarderError("UNEXPECTED", { cause: "opened without frames" });
      return frames.request(method, parts, call.signal);
    },
    kill(reason) {
      if (running === undefined) return;
      running.killReason = reason;
      running.node.kill("SIGKILL");
    },
    async close() {
      state = "closed";
      clearTimeout(restartTimer);
      endBackOff();
      const child = running;
      if (child === undefined) return;
      if (child.node.connected) child.node.disconnect();
      const timer = setTimeout(() => child.node.kill("SIGKILL"), 2_000); // a handler may block the event loop
      await child.ended;
      clearTimeout(timer);
      running = undefined;
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

function settle(pending: Map<number, Pending>, message: Exclude<ChildMessage, { kind: "ready" }>): void {
  const waiting = pending.get(message.id);
  if (waiting === undefined) return; // aborted meanwhile
  pending.delete(message.id);
  if (message.kind === "reply") waiting.resolve(message.value);
  else waiting.reject(new LarderError(message.code, { details: message.details, cause: message.cause }));
}
