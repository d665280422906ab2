import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { IngestResult } from "./ingest-result.ts";

export interface Measurement {
  readonly result: IngestResult;
  readonly wallSeconds: number;
  /** Of the process and all below it. */
  readonly cpuSeconds: number;
  /** Resident memory of all these processes together, at its highest; shared pages count in each. */
  readonly peakMb: number;
}

const sampleEveryMs = 100;
const ticksPerSecond = 100; // Linux, on every architecture that Node runs on
const pageBytes = 4_096;

/** Runs one system in a process of its own. Linux only: reads /proc. */
export async function measureProcess(script: string, args: readonly string[]): Promise<Measurement> {
  const file = fileURLToPath(new URL(`./${script}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@larder/source", "--import", "tsx", file, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const root = child.pid ?? 0;
  let peakBytes = 0;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, readTree(root).residentBytes);
  }, sampleEveryMs);
  let startMs = 0;
  let startCpu = 0;
  let measurement: Measurement | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{"event"')) continue; // libraries print what they like
      const said = JSON.parse(line) as { event: string; result?: IngestResult };
      const { cpuSeconds, residentBytes } = readTree(root);
      peakBytes = Math.max(peakBytes, residentBytes);
      if (said.event === "start") [startMs, startCpu] = [performance.now(), cpuSeconds];
      if (said.result === undefined) continue;
      const wallSeconds = (performance.now() - startMs) / 1_000;
      const used = cpuSeconds - startCpu;
      measurement = { result: said.result, wallSeconds, cpuSeconds: used, peakMb: peakBytes / 2 ** 20 };
      child.stdin.end("done\n");
    }
  } finally {
    clearInterval(sampler);
  }
  if (measurement === undefined) throw new Error(`${script} ended before its work did`);
  return measurement;
}

interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Of those that run; a child that ended and was waited for is in its parent's account. */
function readTree(root: number): Usage {
  const rows = new Map<number, Usage & { parent: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from field 3 of proc(5)
      const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
      const residentBytes = Number(fields[21]) * pageBytes;
      rows.set(Number(name), { parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond, residentBytes });
    } catch {
      // ended while we looked
    }
  }
  const tree = [root];
  for (const pid of tree) for (const [child, { parent }] of rows) if (parent === pid) tree.push(child);
  const usages = tree.flatMap((pid) => rows.get(pid) ?? []);
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    residentBytes: usages.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
  };
}
