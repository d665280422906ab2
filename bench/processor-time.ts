import { readdir, readFile } from "node:fs/promises";

const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node runs on

/**
 * Seconds of the processor that the processes started by `pid` took, themselves and what they started and outlived;
 * what has ended unattended is not counted. Needs Linux.
 */
export async function childrenSeconds(pid: number): Promise<number> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const processes = (await Promise.all(names.map(readProcess))).filter((found) => found !== undefined);
  const secondsBelow = (parent: number): number =>
    processes
      .filter((found) => found.parent === parent)
      .reduce((sum, found) => sum + found.seconds + secondsBelow(found.pid), 0);
  return secondsBelow(pid);
}

async function readProcess(name: string) {
  try {
    const stat = await readFile(`/proc/${name}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name may hold spaces
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0); // with waited-for children
    return { pid: Number(name), parent: Number(fields[1]), seconds: ticks / ticksPerSecond };
  } catch {
    return undefined; // it ended meanwhile
  }
}
