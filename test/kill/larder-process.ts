import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface LarderProcess {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  /** Runs what {@link buildLarder} made, not the sources: starts in a fraction of the time. @defaultValue false */
  readonly isBuilt?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const source = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const built = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const runSource = fileURLToPath(new URL("../../packages/child-process/scripts/run-source.mjs", import.meta.url));
const startTimeoutMs = 180_000; // some seconds, and many times that on a machine that does other things as well
const addressLine = /Larder listens on .*?(http:\/\/[\d.:]+)/;

/** `larder serve` on a free port, as a user starts it; resolves when it says where it listens. */
export async function startLarder(
  dataDir: string,
  { isBuilt = false, env = {} }: StartOptions = {},
): Promise<LarderProcess> {
  const child = spawn(process.execPath, [...(isBuilt ? [built] : [runSource, source]), "serve"], {
    env: {
      PATH: process.env.PATH ?? "",
      NO_COLOR: "1",
      LARDER_DATA_DIR: dataDir,
      LARDER_PORT: "0",
      LARDER_LOG_LEVEL: "error",
      LARDER_UPLOADS_AT_ONCE_MAX: "32",
      // Every passage is a candidate: where the candidates end, equal scores are ordered by age, which differs by run.
      LARDER_SEARCH_CANDIDATES: "1000",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit").then(() => undefined);
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => {
    errors = (errors + bytes.toString()).slice(-4_000);
  });
  const url = await Promise.race([
    readAddress(child),
    exited.then(() => Promise.reject(new Error(`larder serve ended before it listened:\n${errors}`))),
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`larder serve did not listen in time:\n${errors}`)), startTimeoutMs).unref();
    }),
  ]).catch((failure: unknown) => {
    child.kill("SIGKILL"); // nobody else knows of it
    throw failure;
  });
  return { url, pid: child.pid ?? 0, exited, kill: (signal) => void child.kill(signal) };
}

async function readAddress(child: ChildProcess): Promise<string> {
  let printed = "";
  for await (const bytes of child.stdout ?? []) {
    printed += String(bytes);
    const found = addressLine.exec(printed)?.[1];
    if (found !== undefined) {
      child.stdout?.resume();
      return found;
    }
  }
  throw new Error(`larder serve printed no address: ${printed}`);
}
