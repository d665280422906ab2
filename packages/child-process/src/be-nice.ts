import { getPriority, setPriority } from "node:os";

/**
 * Adds to a process's nice value. To be called before it has made any thread, which then all have it. Where the system
 * refuses, the process runs like any other.
 */
export function beNice(pid: number | undefined, niceness = 0): void {
  if (pid === undefined || niceness === 0) return;
  try {
    setPriority(pid, Math.min(19, getPriority() + niceness));
  } catch {
    // it has ended, or may not be slowed down
  }
}
