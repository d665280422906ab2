import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A gateway that runs as a process of its own and speaks OpenAI chat completions. */
export interface Gateway extends AsyncDisposable {
  readonly name: string;
  /** Base URL, such as `http://127.0.0.1:40000/v1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const peersFolder = fileURLToPath(new URL(".", import.meta.url));

/** Runs a command of an installation to its end. */
export const install = (command: string, args: readonly string[]) =>
  promisify(execFile)(command, [...args], { cwd: peersFolder, maxBuffer: 2 ** 26, timeout: 600_000 });

/** A port that was free a moment ago: neither gateway takes 0 for any free one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Starts a process and waits until `probeUrl` answers; its last words are in the error when it does not. */
export async function startProcess(
  command: string,
  args: readonly string[],
  { env, probeUrl, waitMs }: { readonly env: NodeJS.ProcessEnv; readonly probeUrl: string; readonly waitMs: number },
): Promise<AsyncDisposable> {
  const child = spawn(command, [...args], { cwd: peersFolder, env, stdio: ["ignore", "pipe", "pipe"] });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      words = (words + text).slice(-2_000);
    });
  }
  const untilMs = Date.now() + waitMs;
  while (Date.now() < untilMs && child.exitCode === null) {
    const isUp = await fetch(probeUrl).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
    if (isUp) return { [Symbol.asyncDispose]: () => stop(child) };
    await delay(250);
  }
  await stop(child);
  throw new Error(`${command} did not start: ${words.trim().split("\n").slice(-3).join(" ")}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await ended;
  clearTimeout(timer);
}
