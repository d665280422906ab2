import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const memoryFolder = "/dev/shm";
const freeBytesMin = 4 * 2 ** 30; // many times what the largest set takes

/**
 * A temporary folder for the knowledge bases, in memory where there is plenty: thousands of small commits, each synced
 * to disk, are most of the time that a run takes, and nothing of them is kept.
 */
export async function makeWorkFolder(): Promise<string> {
  return mkdtemp(join((await isRoomy(memoryFolder)) ? memoryFolder : tmpdir(), "larder-eval-"));
}

async function isRoomy(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= freeBytesMin;
  } catch {
    return false; // there is no such folder on this system
  }
}
