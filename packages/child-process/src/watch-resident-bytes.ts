import { readFile } from "node:fs/promises";

const pageBytes = 4_096; // of every 64-bit Linux that Node supports with the default kernel page size

/**
 * Physical memory of a process in bytes, or `undefined` where it cannot be told (other systems than Linux, or the
 * process is gone). A V8 heap limit does not bound Buffers, so a limit on memory has to look from outside.
 */
export async function residentBytesOf(pid: number): Promise<number | undefined> {
  try {
    const [, resident] = (await readFile(`/proc/${pid}/statm`, "latin1")).split(" ");
    return resident === undefined ? undefined : Number(resident) * pageBytes;
  } catch {
    return undefined; // no /proc, or the process ended between two looks
  }
}

const checkEveryMs = 100;

/** Calls `onAbove` each time that the process is seen above the limit. Stops when what it gives is called. */
export function watchResidentBytes(pid: () => number | undefined, bytesMax: number, onAbove: () => void): () => void {
  const timer = setInterval(async () => {
    const id = pid();
    const bytes = id === undefined ? undefined : await residentBytesOf(id);
    if (bytes !== undefined && bytes > bytesMax) onAbove();
  }, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
