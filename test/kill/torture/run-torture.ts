import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { FailPointName } from "@larder/contracts";
import { failPointNames } from "@larder/contracts";
import { openSqliteStore } from "@larder/store";
import { createCountingIds, realClock } from "@larder/testkit";
import Database from "better-sqlite3";
import { seededRandom } from "../seeded-random.ts";
import { checkDocuments, checkJobs, checkList } from "./check-documents.ts";
import { compareWithCalm } from "./compare-with-calm.ts";
import type { TortureClient } from "./torture-client.ts";
import { createKnowledgeBase, createTortureClient } from "./torture-client.ts";
import type { TortureDocument } from "./torture-documents.ts";
import { createDocumentWriter, tortureFormats } from "./torture-documents.ts";
import type { Tracked } from "./torture-model.ts";
import { TortureModel } from "./torture-model.ts";
import { TortureServer, victims } from "./torture-server.ts";
import { untilIdle } from "./until-idle.ts";

export interface TortureOptions {
  /** At random moments; those of the fail points come on top. */
  readonly kills: number;
  /** @defaultValue all that an upload reaches */
  readonly failPoints?: readonly FailPointName[];
  readonly seed: number;
  readonly print: (line: string) => void;
}

export interface TortureReport {
  readonly violations: readonly string[];
  readonly kills: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly acknowledged: number;
  /** Requests that got no reply. */
  readonly unanswered: number;
  readonly readyMsMax: number;
  readonly drainedMsMax: number;
}

/** Those of a making anew are reached by one, in apps/api/test/reindex-kill.test.ts. */
const reindexingPoints: ReadonlySet<string> = new Set(["after-reindex-step", "after-swap", "after-remains"]);
export const ingestionPoints: readonly FailPointName[] = failPointNames.filter((name) => !reindexingPoints.has(name));

const reachMsMax = 60_000;
const killsBetweenDrainsMax = 3; // a document has five tries, and each kill may take one
const killsPerKnowledgeBase = 100; // so that each one's whole check stays short
/** The last ones: scores are those of a calm knowledge base only where nothing was ever deleted, which FTS5 counts on. */
const killsWhileAddingMax = 15;

/** One run of the torture, from the choice of its folder to the check of what is in it afterwards. */
export async function runTorture({
  kills,
  failPoints = ingestionPoints,
  seed,
  print,
}: TortureOptions): Promise<TortureReport> {
  const folder = await mkdtemp(join(tmpdir(), "larder-torture-"));
  const server = new TortureServer(folder);
  const run = new Torture(server, folder, seed);
  let isSound = false;
  try {
    await server.start();
    await run.openKnowledgeBase();
    for (const name of failPoints) {
      await run.reachFailPoint(name);
      print(`fail point ${name.padEnd(16)} ${run.summary()}`);
    }
    for (let killed = 0; killed < kills; killed += 1) {
      if (killed > 0 && killed % killsPerKnowledgeBase === 0 && killed < kills - killsWhileAddingMax)
        await run.openKnowledgeBase();
      if (killed === kills - killsWhileAddingMax) await run.openKnowledgeBase({ isAddedToOnly: true });
      await run.killOnce();
      if ((killed + 1) % 10 === 0) print(`${String(killed + 1).padStart(5)} kills           ${run.summary()}`);
    }
    await run.closeKnowledgeBase();
    await server.stop();
    await run.checkDatabase();
    isSound = run.report().violations.length === 0;
    return run.report();
  } finally {
    await server.abandon();
    if (isSound) await rm(folder, { recursive: true, force: true });
    else print(`the data stays in ${folder}`);
  }
}

class Torture {
  readonly #server: TortureServer;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #write: ReturnType<typeof createDocumentWriter>;
  readonly #kills = new Map<string, number>();
  readonly #violations: string[] = [];
  #model = new TortureModel();
  #knowledgeBase = "";
  #touched = new Set<Tracked>();
  #opened = 0;
  #isAddedToOnly = false;
  #sinceDrain = 0;
  readonly #drainsMs: number[] = [];
  #sent = 0;
  #acknowledged = 0;
  #unanswered = 0;
  #shown = 0;

  constructor(server: TortureServer, folder: string, seed: number) {
    this.#server = server;
    this.#folder = folder;
    this.#random = seededRandom(seed);
    this.#write = createDocumentWriter(this.#random);
  }

  async openKnowledgeBase({ isAddedToOnly = false } = {}): Promise<void> {
    if (this.#knowledgeBase !== "") await this.closeKnowledgeBase();
    this.#isAddedToOnly = isAddedToOnly;
    this.#knowledgeBase = await createKnowledgeBase(this.#server.url, `torture ${++this.#opened}`);
  }

  /** Everything that was sent to it is looked at once more, and compared with a knowledge base without kills. */
  async closeKnowledgeBase(): Promise<void> {
    await this.#drain();
    const { tracked } = this.#model;
    await checkList(this.#client, this.#model);
    await checkDocuments(this.#client, this.#model, tracked);
    await checkJobs(this.#client, this.#model);
    const { url } = this.#server;
    const calm = createTortureClient(url, await createKnowledgeBase(url, `calm ${this.#knowledgeBase}`));
    await compareWithCalm(this.#client, calm, this.#model, { isSearched: this.#isAddedToOnly });
    const { violations, acknowledged, lost } = this.#model;
    this.#violations.push(...violations);
    this.#sent += tracked.length;
    this.#acknowledged += acknowledged;
    this.#unanswered += lost;
    this.#model = new TortureModel();
  }

  async killOnce(): Promise<void> {
    const victim = victims[Math.floor(this.#random() * victims.length)] ?? "server";
    const running = this.#sendSome();
    await delay(this.#random() * 900);
    // Two workers now and then: they must not take the same task.
    await this.#server.kill(victim, this.#random, { LARDER_WORKERS: this.#random() < 0.25 ? "2" : "1" });
    await running;
    this.#count(victim);
    this.#sinceDrain += 1;
    if (this.#sinceDrain >= killsBetweenDrainsMax || this.#random() < 0.3) await this.#drain();
  }

  /** Starts a server that dies there, sends until it or its worker did, and looks at what came of it. */
  async reachFailPoint(name: string): Promise<void> {
    await this.#server.stop();
    // after-stage: nothing here takes as long to read as what is kept by default
    await this.#server.start({ LARDER_FAIL_POINT: name, LARDER_STAGE_PARSE_MS_MIN: "0" });
    const worker = this.#server.workerPid;
    const deadlineMs = performance.now() + reachMsMax;
    const hasDied = (): boolean => this.#server.workerPid !== worker; // a dead server has none either
    let isReached = false;
    while (!isReached && performance.now() < deadlineMs) {
      await this.#sendSome();
      for (let waited = 0; waited < 20 && !isReached; waited += 1) {
        await delay(50);
        isReached = hasDied();
      }
    }
    if (isReached) this.#count(name);
    else this.#violations.push(`${name} was never reached`);
    if (await this.#server.hasEnded()) await this.#server.restart();
    await this.#drain();
  }

  /** Of the database that the stopped server left. */
  async checkDatabase(): Promise<void> {
    const file = join(this.#folder, "larder.sqlite");
    const database = new Database(file, { readonly: true });
    const tasks = database.prepare("SELECT count(*), count(lease_token) FROM tasks").raw().get();
    database.close();
    if (String(tasks) !== "0,0") this.#violations.push(`tasks and leases are left: ${String(tasks)}`);
    await using store = await openSqliteStore({ file, clock: realClock, ids: createCountingIds() });
    const { problems } = await store.checkIntegrity({ signal: new AbortController().signal });
    this.#violations.push(...problems);
  }

  report(): TortureReport {
    return {
      violations: [...this.#violations, ...this.#model.violations, ...this.#server.violations],
      kills: Object.fromEntries(this.#kills),
      sent: this.#sent + this.#model.tracked.length,
      acknowledged: this.#acknowledged + this.#model.acknowledged,
      unanswered: this.#unanswered + this.#model.lost,
      readyMsMax: Math.max(0, ...this.#server.restartsMs),
      drainedMsMax: Math.max(0, ...this.#drainsMs),
    };
  }

  /** Where the run is, and what was found wrong since the last one. */
  summary(): string {
    const { violations, sent, acknowledged, unanswered, readyMsMax, drainedMsMax } = this.report();
    const last = seconds(this.#drainsMs.at(-1) ?? 0);
    const times = `ready within ${seconds(readyMsMax)}, worked off within ${seconds(drainedMsMax)}, last ${last}`;
    const fresh = violations.slice(this.#shown).map((violation) => `\n      ${violation}`);
    this.#shown = violations.length;
    return `${sent} documents, ${acknowledged} acknowledged, ${unanswered} unanswered, ${times}${fresh.join("")}`;
  }

  get #client(): TortureClient {
    return createTortureClient(this.#server.url, this.#knowledgeBase);
  }

  /** A few requests at once, each about another document. */
  async #sendSome(): Promise<void> {
    const client = this.#client;
    const model = this.#model;
    const known = model.tracked.filter(({ allowed }) => allowed.some((each) => each !== undefined));
    const taken = new Set<Tracked>();
    const pickKnown = (): Tracked | undefined => {
      const entry = known[Math.floor(this.#random() * known.length)];
      if (entry === undefined || taken.has(entry)) return undefined;
      taken.add(entry);
      return entry;
    };
    const one = async (): Promise<void> => {
      const choice = this.#isAddedToOnly ? 0 : this.#random();
      const entry = choice < 0.55 ? undefined : pickKnown();
      if (entry === undefined) {
        const twice = this.#random() < 0.3;
        this.#touched.add(await model.add(client, this.#nextDocument(), twice));
        return;
      }
      this.#touched.add(entry);
      // Where a replacement is open, nobody knows which bytes to send again.
      if (choice < 0.7 && entry.allowed.filter((each) => each !== undefined).length === 1) {
        return model.addAgain(client, entry);
      }
      return choice < 0.9 ? model.replace(client, entry, this.#nextDocument()) : model.remove(client, entry);
    };
    await Promise.all(Array.from({ length: 3 + Math.floor(this.#random() * 5) }, one));
  }

  #nextDocument(): TortureDocument {
    const format = tortureFormats[Math.floor(this.#random() * tortureFormats.length)] ?? "txt";
    const isLong = this.#random() < 0.05;
    return this.#write(format, isLong ? 1_500 : 3 + Math.floor(this.#random() * 60));
  }

  /** Waits until nothing waits, then looks at what was sent since the last time. */
  async #drain(): Promise<void> {
    const idleMs = await untilIdle(this.#client);
    if (idleMs === undefined) this.#violations.push("documents still wait a minute after the restart");
    else this.#drainsMs.push(idleMs);
    await checkDocuments(this.#client, this.#model, [...this.#touched]);
    this.#touched = new Set();
    this.#sinceDrain = 0;
  }

  #count(victim: string): void {
    this.#kills.set(victim, (this.#kills.get(victim) ?? 0) + 1);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
