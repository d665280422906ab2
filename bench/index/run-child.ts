import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TaskInputs, TaskName, TaskResults } from "./tasks.ts";

export type Outcome<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "late" }
  | { readonly kind: "failed"; readonly reason: string };

export interface ChildWatch {
  readonly timeoutMs: number;
  readonly progress: (text: string) => void;
}

const running = new Set<ChildProcess>();
const script = fileURLToPath(new URL("./task-process.ts", import.meta.url));
const errorCharactersMax = 20_000;

/**
 * Runs one task in a process of its own, whose memory is nobody else's. Everything that it starts is in its process group
 * and ends with it: when the time is over, when this process is interrupted, and when this process is gone.
 */
export async function runChild<Name extends TaskName>(
  name: Name,
  input: TaskInputs[Name],
  { timeoutMs, progress }: ChildWatch,
): Promise<Outcome<TaskResults[Name]>> {
  const child = spawn(process.execPath, ["--conditions=@larder/source", "--import", "tsx", script], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, timeoutMs);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-errorCharactersMax);
  });
  child.stdin.on("error", () => undefined); // it ended before it was told what to do: its exit says so
  child.stdin.write(`${JSON.stringify({ name, input })}\n`); // left open: its end tells the child that nobody waits
  const exited = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  let result: TaskResults[Name] | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{"task":')) continue; // libraries print what they like
      const said = JSON.parse(line) as { progress?: string; result?: TaskResults[Name] };
      if (said.progress !== undefined) progress(said.progress);
      if (said.result === undefined) continue;
      result = said.result;
      child.stdin.end();
    }
    const end = await exited;
    if (result !== undefined) return { kind: "done", result };
    return isLate ? { kind: "late" } : { kind: "failed", reason: reasonOf(errors) ?? end };
  } finally {
    clearTimeout(timer);
    endGroup(child);
    running.delete(child);
  }
}

/** All processes that a task may have started. */
export function endChildren(): void {
  for (const child of running) endGroup(child);
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // none of the group is left
  }
}

/** The line that says what went wrong, among the lines of a stack. */
function reasonOf(errors: string): string | undefined {
  const lines = errors.split("\n").map((line) => line.trim());
  return lines.find((line) => /error|cannot|failed/i.test(line))?.slice(0, 120);
}
