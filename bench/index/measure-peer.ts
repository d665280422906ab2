import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../smoke/times.ts";
import type { OpenIndex, Peer, Row, TimesWithin } from "./peer.ts";
import { hitsWanted, recallAt10 } from "./recall.ts";
import type { DataFiles, PeerInput } from "./tasks.ts";
import { readBlocks, readRows } from "./vector-blocks.ts";

export interface BuildResult {
  readonly seconds: number;
  /** Resident memory of the processes that hold the vectors, at its highest. */
  readonly peakBytes: number;
  readonly diskBytes: number;
}

export interface TuneResult {
  /** Absent where there is nothing to choose. */
  readonly ef?: number;
}

export interface ServeResult {
  /** From nothing loaded to the first answer; absent where nothing is kept on disk. */
  readonly openMs?: number;
  /** How it was searched. */
  readonly setting: string;
  /** That it chose by itself. */
  readonly ownEf?: number;
  readonly recall: number;
  /** Where that is tried: with every hundredth vector deleted and added again. */
  readonly churned?: Churned;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of one client's searches, where other processes hold the vectors and say so. */
  readonly within?: readonly TimesWithin[];
  readonly perSecond: number;
  readonly perSecondOf16: number;
  readonly peakBytes: number;
}

export interface Churned {
  readonly rows: number;
  /** Of as many searches for a vector that had been deleted: those that found it. */
  readonly deletedFound: number;
  readonly recall: number;
}

const churnOneOf = 100;
const clients = 16;
const warmUpShare = 0.2;
const timesMax = 100_000; // so that they are no part of the memory that is measured

export async function buildPeer(peer: Peer, { files, shape }: PeerInput, tell: Tell): Promise<BuildResult> {
  const startMs = performance.now();
  const index = await peer.build(files.vectors, shape, (rows) => tell(`building, ${rows} of ${shape.count}`));
  const seconds = (performance.now() - startMs) / 1_000;
  const peakBytes = peakOf(index);
  tell("asking what the others are tuned by");
  await index.adapt?.(readQueries(files).tuning);
  await index.close();
  return { seconds, peakBytes, diskBytes: bytesBelow(shape.folder) };
}

/**
 * The fewest candidates that reach the recall on the first third of the queries, so that all are compared at equal recall;
 * else the most there are. A process of its own, for trying takes memory that serving does not.
 */
export async function tunePeer(peer: Peer, { files, shape, recallMin }: PeerInput, tell: Tell): Promise<TuneResult> {
  const [first, ...others] = peer.efs ?? [];
  if (first === undefined) return {};
  if (others.length === 0) return { ef: first };
  const { tuning, truth } = readQueries(files);
  const efs = [first, ...others];
  const index = await peer.open(shape, first);
  let [low, high] = [0, efs.length - 1]; // recall grows with ef
  while (low < high) {
    const middle = (low + high) >> 1;
    await index.setEf?.(efs[middle] ?? first);
    const found: (readonly number[])[] = [];
    for (const query of tuning) found.push(await index.search(query, hitsWanted));
    const recall = recallAt10(found, truth, hitsWanted);
    tell(`ef ${efs[middle]} has recall ${recall.toFixed(4)}`);
    if (recall >= recallMin) high = middle;
    else low = middle + 1;
  }
  const ef = efs[low] ?? first;
  await index.setEf?.(ef);
  await index.close();
  return { ef };
}

/** In a process that has not built the index, so that its memory is that of a server that was started again. */
export async function servePeer(peer: Peer, input: PeerInput, tell: Tell): Promise<ServeResult> {
  const { files, shape, secondsEach, ef } = input;
  const { tuning, queries, truth } = readQueries(files);
  const startMs = performance.now();
  const index =
    peer.isInMemoryOnly === true
      ? await peer.build(files.vectors, shape, (rows) => tell(`building again, ${rows} of ${shape.count}`))
      : await peer.open(shape, ef);
  await index.search(tuning[0] ?? new Float32Array(shape.dimensions), hitsWanted);
  const openMs = performance.now() - startMs;
  tell("searching");
  await runClients(index, queries, 1, secondsEach * warmUpShare);
  const single = await runClients(index, queries, 1, secondsEach);
  const within = await index.timesWithin?.();
  const many = await runClients(index, queries, clients, secondsEach);
  const peakBytes = peakOf(index);
  const truthOfQueries = truth.subarray(tuning.length * hitsWanted);
  tell("deleting and adding again");
  const churned = await churn(index, input, queries, truthOfQueries);
  const result: ServeResult = {
    ...(churned === undefined ? {} : { churned }),
    ...(within === undefined ? {} : { within }),
    ...(peer.isInMemoryOnly === true ? {} : { openMs }),
    ...(index.ownEf === undefined ? {} : { ownEf: index.ownEf }),
    setting: [(ef ?? index.ownEf) === undefined ? [] : `ef ${ef ?? index.ownEf}`, peer.note ?? []].flat().join(", "),
    recall: recallAt10(single.found, truthOfQueries, hitsWanted),
    p50Ms: quantile(single.timesMs, 0.5),
    p99Ms: quantile(single.timesMs, 0.99),
    perSecond: single.perSecond,
    perSecondOf16: many.perSecond,
    peakBytes,
  };
  await index.close();
  return result;
}

async function churn(
  index: OpenIndex,
  { files }: PeerInput,
  queries: readonly Float32Array[],
  truth: Uint32Array,
): Promise<Churned | undefined> {
  if (index.churn === undefined) return undefined;
  const rows: Row[] = [];
  for (const { first, count, row } of readBlocks(files.vectors, files.dimensions)) {
    for (let i = 0; i < count; i++) {
      if ((first + i) % churnOneOf === 0) rows.push({ row: first + i, vector: row(i).slice() });
    }
  }
  const deletedFound = await index.churn(rows);
  const found: (readonly number[])[] = [];
  for (const query of queries) found.push(await index.search(query, hitsWanted));
  return { rows: rows.length, deletedFound, recall: recallAt10(found, truth, hitsWanted) };
}

/** The first third is for tuning; the rest is asked with what these led to. */
function readQueries({ queries, truth, dimensions }: DataFiles) {
  const all = readRows(queries, dimensions);
  const count = Math.floor(all.length / 3);
  const rows = new Uint32Array(new Uint8Array(readFileSync(truth)).buffer);
  return { tuning: all.slice(0, count), queries: all.slice(count), truth: rows };
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
  let [next, answered] = [0, 0];
  async function client(): Promise<void> {
    while (performance.now() < endMs) {
      const number = next++;
      const query = queries[number % queries.length];
      if (query === undefined) return;
      const sentMs = performance.now();
      const searching = index.search(query, hitsWanted);
      const rows = searching instanceof Promise ? await searching : searching;
      answered += 1;
      if (timesMs.length < timesMax) timesMs.push(performance.now() - sentMs);
      if (number < queries.length) found[number] = rows;
    }
  }
  await Promise.all(Array.from({ length: count }, client));
  return { timesMs, found, perSecond: (answered * 1_000) / (performance.now() - startMs) };
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
