import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const runSource = fileURLToPath(new URL("../../../packages/child-process/scripts/run-source.mjs", import.meta.url));
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Runs the command as a process of its own, with no variables but its own, and waits for its end. */
export function runLarder(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  const own = { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...env };
  return new Promise((resolve) => {
    const command = [runSource, main, ...args];
    const child = execFile(process.execPath, command, { env: own }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
