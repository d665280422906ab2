import { mkdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KnowledgeBaseId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { GraphLibraryName } from "../../src/graphs/vector-graph.ts";
import type { FollowedIndex, HostedIndex } from "../../src/index.ts";
import { createFollowedIndex, openVectorIndex } from "../../src/index.ts";
import { libraries } from "../graph-libraries.ts";
import { temporaryFolder } from "../temporary-index.ts";
import { generationsIn, namesIn, newestCheckpoint } from "./checkpoints-on-disk.ts";
import type { SmallDisk } from "./small-disk.ts";
import { mountSmallDisk } from "./small-disk.ts";
import type { TortureOptions, TortureReport } from "./torture-report.ts";
import { progress } from "./torture-report.ts";
import { call, dimensions, embedderId, exactVectorsMax, TorturedLog } from "./tortured-collection.ts";

export interface DiskOptions extends TortureOptions {
  /** Between two amounts of room that are tried, so that each write of a checkpoint fails in some of them. */
  readonly stepBytes?: number;
}

const kb = "kb_smalldisk" as KnowledgeBaseId;
const diskBytes = 4 * 2 ** 20;
const checkpointBytes = 200 * 2 ** 10; // rather more than one with its graph takes
const recoveryMsMax = 60_000;

/**
 * A file system that is full to each amount in turn, then one that cannot be written to, with each library that is
 * installed: hnswlib writes its file itself, and keeps a full disk to itself. Linux and root only.
 */
export async function runDisk(options: DiskOptions): Promise<TortureReport> {
  const reports: TortureReport[] = [];
  for (const { name } of libraries) {
    reports.push(await runDiskWith(name, { ...options, budgetMs: options.budgetMs / libraries.length }));
  }
  return {
    part: "disk",
    cases: reports.reduce((sum, { cases }) => sum + cases, 0),
    violations: reports.flatMap(({ violations }) => violations),
    facts: reports.flatMap(({ facts }) => facts),
  };
}

async function runDiskWith(
  graphs: GraphLibraryName,
  { print, budgetMs, stepBytes = 4_096 }: DiskOptions,
): Promise<TortureReport> {
  await using folder = await temporaryFolder();
  let disk: SmallDisk;
  try {
    disk = await mountSmallDisk(join(folder.path, "disk"), diskBytes);
  } catch (thrown) {
    return { part: "disk", cases: 0, violations: [], facts: [`left out: nothing can be mounted here (${thrown})`] };
  }
  await using _ = disk;
  const run = new DiskRun(disk, graphs);
  const say = progress(print, `bytes of room, ${graphs}`);
  const startMs = performance.now();
  await run.open();
  for (let room = 0; room < checkpointBytes && performance.now() - startMs < budgetMs; room += stepBytes) {
    await run.fullTo(room);
    if (room === 0) await run.readOnly(); // while there is a graph to be read
    if (room === 0) await run.readOnly({ isDamaged: true });
    say(room, checkpointBytes);
  }
  await run.readOnly();
  await run.close();
  return {
    part: "disk",
    cases: run.cases,
    violations: run.violations,
    facts: [
      `${graphs}: ${run.refused} checkpoints refused, ${run.saved} saved in the room there was, each answer compared with the oracle's`,
      "health named the failure each time, and was well again by itself when there was room",
    ],
  };
}

class DiskRun {
  readonly violations: string[] = [];
  cases = 0;
  refused = 0;
  saved = 0;
  readonly #disk: SmallDisk;
  readonly #folder: string;
  readonly #graphs: GraphLibraryName;
  #index: HostedIndex | undefined;
  #followed: FollowedIndex | undefined;
  #log = new TorturedLog(300, 11);

  constructor(disk: SmallDisk, graphs: GraphLibraryName) {
    this.#disk = disk;
    this.#graphs = graphs;
    this.#folder = join(disk.path, "vectors");
  }

  async open(): Promise<void> {
    const quick = { checkpointIdleMs: 100, checkpointOperations: 2 ** 30, hostsMax: 1, graphs: this.#graphs };
    this.#index = await openVectorIndex(
      { folder: this.#folder, dimensions, embedderId, exactVectorsMax, ...quick },
      call,
    );
  }

  async close(): Promise<void> {
    await this.#index?.close();
  }

  get index(): HostedIndex {
    if (this.#index === undefined) throw new LarderError("UNEXPECTED");
    return this.#index;
  }

  /** Sixty operations more, with this much room for what they make. */
  async fullTo(room: number): Promise<void> {
    this.cases += 1;
    const what = `${room} bytes of room`;
    await this.#grow();
    await this.#disk.leave(room);
    await this.#answers(what); // applies them, as after a commit of the database
    await this.#checkpoint(what, "ENOSPC");
    await this.#answers(what);
    await this.#restart(what);
    await this.#disk.giveBack();
    await this.#recovers(what);
  }

  async readOnly({ isDamaged = false } = {}): Promise<void> {
    this.cases += 1;
    const what = `a read-only file system${isDamaged ? " with a damaged checkpoint" : ""}`;
    if (isDamaged) await this.#damage();
    await this.#grow();
    await this.#disk.setReadOnly(true);
    await this.#answers(what);
    await this.#checkpoint(what, "EROFS");
    await this.#restart(what); // a graph is loaded from what cannot be written to
    await this.#disk.setReadOnly(false);
    await this.#recovers(what);
  }

  async #damage(): Promise<void> {
    await this.close();
    const folder = join(this.#folder, kb);
    const newest = join(folder, (await generationsIn(folder)).at(-1) ?? "");
    await truncate(join(newest, "vectors.bin"), 100);
    await mkdir(join(folder, "0000009999.tmp")); // as a killed process leaves it
    await this.open();
  }

  async #grow(): Promise<void> {
    this.#log = new TorturedLog(this.#log.sequence + 60, 11);
    if (this.#log.sequence > 900) {
      await this.index.drop(kb, call);
      this.#log = new TorturedLog(360, 11);
    }
    this.#followed = createFollowedIndex({ index: this.index, log: this.#log });
  }

  /** Refused and said so, or done and on the disk. */
  async #checkpoint(what: string, code: string): Promise<void> {
    try {
      await this.index.checkpoint(kb, call);
      this.saved += 1;
      await this.#expectOnDisk(what);
    } catch (thrown) {
      this.refused += 1;
      if (!LarderError.is(thrown)) this.violations.push(`${what}: an untyped failure, ${thrown}`);
      else if (code === "ENOSPC" && thrown.code !== "STORE_FULL") this.violations.push(`${what}: ${thrown.code}`);
      await this.#expectHealth(what, (detail) => detail.includes(code));
    }
  }

  async #answers(what: string): Promise<void> {
    const { kind } = await this.index.status(kb, call);
    const wrong = await this.#log.wrong(
      async (query, limit) =>
        (await this.#followed?.search(kb, query, { limit }, call)) ?? { hits: [], appliedSequence: 0 },
      kind === "exact" ? 0 : 1,
    );
    if (wrong !== undefined) this.violations.push(`${what}: ${wrong}`);
  }

  async #restart(what: string): Promise<void> {
    try {
      await this.#index?.close();
      await this.open();
      this.#followed = createFollowedIndex({ index: this.index, log: this.#log });
      await this.#answers(`${what}, opened again`);
    } catch (thrown) {
      this.violations.push(
        `${what}, opened again: ${thrown instanceof Error ? `${thrown.message} ${thrown.cause}` : thrown}`,
      );
    }
  }

  async #recovers(what: string): Promise<void> {
    await this.#answers(`${what}, then enough`);
    const untilMs = performance.now() + recoveryMsMax;
    while ((await this.index.status(kb, call)).kind !== "hnsw" && performance.now() < untilMs) await delay(10);
    while ((await this.#onDisk()) !== undefined && performance.now() < untilMs) await delay(10);
    await this.#expectOnDisk(`${what}, then enough`);
    await this.#expectHealth(what, (detail) => !detail.includes("failed"));
  }

  async #expectOnDisk(what: string): Promise<void> {
    const wrong = await this.#onDisk();
    if (wrong !== undefined) this.violations.push(`${what}: not saved, ${wrong}`);
  }

  /** What is wrong with what the disk holds. */
  async #onDisk(): Promise<string | undefined> {
    const newest = await newestCheckpoint(join(this.#folder, kb));
    if (typeof newest === "string") return newest;
    if (newest.sequence !== this.#log.sequence) return `the newest is of operation ${newest.sequence}`;
    const left = (await namesIn(join(this.#folder, kb))).filter((name) => !/^\d{10}(\.bad-\d)?$/.test(name));
    return left.length > 0 ? `${left.join(", ")} is left` : undefined;
  }

  async #expectHealth(what: string, isRight: (detail: string) => boolean): Promise<void> {
    const untilMs = performance.now() + recoveryMsMax;
    let detail = "";
    while (performance.now() < untilMs) {
      ({ detail } = this.index.health());
      if (isRight(detail)) return;
      await delay(5);
    }
    this.violations.push(`${what}: health says "${detail}"`);
  }
}
