import { readFile } from "node:fs/promises";

const pageBytes = 4_096; // of every 64-bit Linux that Node supports with the default kernel page size

/**
 * Physical memory of a process in bytes, or `undefined` where it cannot be told (other systems than Linux, or the
 * process is gone). A V8 heap limit does not bound Buffers, so a limit on memory has to look from outside.
 */
export async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const [, resident] = (await readFile(`/proc/${pid}/statm`, "latin1")).split(" ");
    return resident === undefined ? undefined : Number(resident) * pageBytes;
  } catch {
    return undefined; // no /proc, or the process ended between two looks
  }
}
