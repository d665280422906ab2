import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { LarderProcess } from "../larder-process.ts";
import { startLarder } from "../larder-process.ts";
import { isRunning, processTree } from "../process-tree.ts";

export const victims = ["server", "everything", "worker", "child"] as const;
export type Victim = (typeof victims)[number];

const orphansEndMsMax = 10_000;

/** A server that is killed and started again on the same folder. */
export class TortureServer {
  readonly violations: string[] = [];
  /** From each kill of the server until it listened again. */
  readonly restartsMs: number[] = [];
  #process: LarderProcess | undefined;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get url(): string {
    return this.#running.url;
  }

  /** @throws when it does not listen in time */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#process = await startLarder(this.#folder, { isBuilt: true, env });
  }

  /** Pid of the first worker, unless it is being started. */
  get workerPid(): number | undefined {
    return processTree(this.#running.pid).find((pid) => commandOf(pid).includes("worker-process"));
  }

  /** Whether it died by itself; looks a moment longer, since the system tells its parent last. */
  async hasEnded(): Promise<boolean> {
    return Promise.race([this.#running.exited.then(() => true), delay(200, false)]);
  }

  /** Kills at once; a server that died is started again before this resolves. */
  async kill(victim: Victim, random: () => number, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { pid } = this.#running;
    const tree = processTree(pid);
    if (victim === "server") return this.#killServer([pid], tree, env);
    if (victim === "everything") return this.#killServer(tree, tree, env);
    const children = tree.filter((each) => each !== pid);
    const any = children[Math.floor(random() * children.length)];
    const chosen = victim === "worker" ? this.workerPid : any;
    if (chosen !== undefined) killPid(chosen);
  }

  /** After it killed itself. */
  async restart(): Promise<void> {
    const startMs = performance.now();
    await this.#running.exited;
    await this.start();
    this.restartsMs.push(performance.now() - startMs);
  }

  /** In order, as a user stops it. */
  async stop(): Promise<void> {
    this.#running.kill("SIGTERM");
    await this.#running.exited;
  }

  /** Whatever state it is in: nothing of it runs on. */
  async abandon(): Promise<void> {
    if (this.#process === undefined) return;
    for (const pid of processTree(this.#process.pid)) killPid(pid);
    await this.#process.exited;
  }

  async #killServer(
    pids: readonly number[],
    tree: readonly number[],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const startMs = performance.now();
    for (const pid of pids) killPid(pid);
    await this.#running.exited;
    while (tree.some(isRunning)) {
      if (performance.now() - startMs > orphansEndMsMax) {
        this.violations.push("a child goes on after its server was killed");
        for (const pid of tree) killPid(pid);
      }
      await delay(10);
    }
    await this.start(env);
    this.restartsMs.push(performance.now() - startMs);
  }

  get #running(): LarderProcess {
    if (this.#process === undefined) throw new Error("the server was not started");
    return this.#process;
  }
}

function killPid(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended by itself
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
