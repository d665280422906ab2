import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../smoke/times.ts";
import { recallAt10 } from "./compare-vectors.ts";
import type { OpenIndex, Peer } from "./peer.ts";
import type { PeerInput } from "./tasks.ts";
import { readRows } from "./vector-blocks.ts";
import { hitsWanted } from "./write-truth.ts";

export interface BuildResult {
  readonly seconds: number;
  /** Resident memory of the processes that hold the vectors, at its highest. */
  readonly peakBytes: number;
  readonly diskBytes: number;
}

export interface ServeResult {
  /** From nothing loaded to the first answer; absent where nothing is kept on disk. */
  readonly openMs?: number;
  /** By which recall was reached. */
  readonly setting: string;
  readonly recall: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  readonly perSecondOf16: number;
  readonly peakBytes: number;
}

const clients = 16;
const warmUpShare = 0.2;

export async function buildPeer(peer: Peer, { files, shape }: PeerInput, tell: Tell): Promise<BuildResult> {
  const startMs = performance.now();
  const index = await peer.build(files.vectors, shape, (rows) => tell(`building, ${rows} of ${shape.count}`));
  const seconds = (performance.now() - startMs) / 1_000;
  const peakBytes = peakOf(index);
  await index.close();
  return { seconds, peakBytes, diskBytes: bytesBelow(shape.folder) };
}

/** In a process that has not built the index, so that its memory is that of a server that was started again. */
export async function servePeer(peer: Peer, input: PeerInput, tell: Tell): Promise<ServeResult> {
  const { files, shape, recallMin, secondsEach } = input;
  const all = readRows(files.queries, files.dimensions);
  const truth = new Uint32Array(new Uint8Array(readFileSync(files.truth)).buffer);
  const tuningCount = Math.floor(all.length / 3); // the rest is asked with the setting that these led to
  const queries = all.slice(tuningCount);
  const startMs = performance.now();
  const index =
    peer.isInMemoryOnly === true
      ? await peer.build(files.vectors, shape, (rows) => tell(`building again, ${rows} of ${shape.count}`))
      : await peer.open(shape);
  await index.search(all[0] ?? new Float32Array(shape.dimensions), hitsWanted);
  const openMs = performance.now() - startMs;
  tell("searching");
  const setting = await chooseSetting(index, all.slice(0, tuningCount), truth, recallMin);
  await runClients(index, queries, 1, secondsEach * warmUpShare);
  const single = await runClients(index, queries, 1, secondsEach);
  const many = await runClients(index, queries, clients, secondsEach);
  const recall = recallAt10(single.found, truth.subarray(tuningCount * hitsWanted), hitsWanted);
  const result: ServeResult = {
    ...(peer.isInMemoryOnly === true ? {} : { openMs }),
    setting,
    recall,
    p50Ms: quantile(single.timesMs, 0.5),
    p99Ms: quantile(single.timesMs, 0.99),
    perSecond: single.perSecond,
    perSecondOf16: many.perSecond,
    peakBytes: peakOf(index),
  };
  await index.close();
  return result;
}

/** The cheapest that reaches the recall, so that all are compared at equal recall; else the last. */
async function chooseSetting(
  index: OpenIndex,
  queries: readonly Float32Array[],
  truth: Uint32Array,
  recallMin: number,
): Promise<string> {
  const [only, ...others] = index.settings;
  if (others.length === 0) return only?.name ?? "-";
  for (const { name, use } of index.settings) {
    await use();
    const found: (readonly number[])[] = [];
    for (const query of queries) found.push(await index.search(query, hitsWanted));
    if (recallAt10(found, truth, hitsWanted) >= recallMin) return name;
  }
  return `${index.settings.at(-1)?.name}, too low`;
}

interface Run {
  readonly timesMs: readonly number[];
  /** Of the first round through the queries, as far as it came. */
  readonly found: readonly (readonly number[])[];
  readonly perSecond: number;
}

/** Each client asks its next query when it has the answer to the last; all take turns at the same queries. */
async function runClients(
  index: OpenIndex,
  queries: readonly Float32Array[],
  count: number,
  seconds: number,
): Promise<Run> {
  const timesMs: number[] = [];
  const found: (readonly number[])[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  let next = 0;
  async function client(): Promise<void> {
    while (performance.now() < endMs) {
      const number = next++;
      const query = queries[number % queries.length];
      if (query === undefined) return;
      const sentMs = performance.now();
      const searching = index.search(query, hitsWanted);
      const rows = searching instanceof Promise ? await searching : searching;
      timesMs.push(performance.now() - sentMs);
      if (number < queries.length) found[number] = rows;
    }
  }
  await Promise.all(Array.from({ length: count }, client));
  return { timesMs, found, perSecond: (timesMs.length * 1_000) / (performance.now() - startMs) };
}

type Tell = (progress: string) => void;

/** Linux only: the kernel keeps the peak itself, so that none is missed between two looks. */
function peakOf({ holders = [process.pid] }: OpenIndex): number {
  return holders.reduce((sum, pid) => {
    const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return sum + Number(kilobytes) * 1_024;
  }, 0);
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
