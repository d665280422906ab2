import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly dataDir: string;
  /** @defaultValue the dataDir */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `quickstart/main.ts` instead of the command. */
  readonly isQuickstart?: boolean;
  /** Ctrl-C as soon as this is true; asked ten times a second. */
  readonly interruptWhen?: () => boolean;
}

const runSource = fileURLToPath(new URL("../../packages/child-process/scripts/run-source.mjs", import.meta.url));

/** What Node is started with for the command. */
export function larderArguments(args: readonly string[], isQuickstart = false): string[] {
  const main = fileURLToPath(
    new URL(`../../apps/cli/src/${isQuickstart ? "quickstart/" : ""}main.ts`, import.meta.url),
  );
  return [runSource, main, ...args];
}

/** Runs the command as a process of its own, with no variables but its own, and waits for its end. */
export async function runLarder(args: readonly string[], options: RunOptions): Promise<Run> {
  const { dataDir, cwd = dataDir, env = {}, isQuickstart = false, interruptWhen } = options;
  const child = spawn(process.execPath, larderArguments(args, isQuickstart), {
    cwd,
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", LARDER_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const timer = setInterval(() => {
    if (interruptWhen?.() !== true) return;
    clearInterval(timer);
    child.kill("SIGINT");
  }, 100);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  return { code: code ?? -1, stdout, stderr };
}
