import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KnowledgeBaseId, VectorSearchResult } from "@larder/contracts";
import { seededRandom } from "@larder/testkit";
import type { FollowedIndex, HostedIndex } from "../../src/index.ts";
import { createFollowedIndex, openVectorIndex } from "../../src/index.ts";
import { temporaryFolder } from "../temporary-index.ts";
import { generationsIn, namesIn, newestCheckpoint } from "./checkpoints-on-disk.ts";
import type { Template } from "./damaged-templates.ts";
import { parts, prepareForeign, prepareTemplates, quick } from "./damaged-templates.ts";
import type { Damage, Expectation } from "./damages.ts";
import { damagesOf } from "./damages.ts";
import type { TortureOptions, TortureReport } from "./torture-report.ts";
import { progress } from "./torture-report.ts";
import { call } from "./tortured-collection.ts";

export interface CorruptionOptions extends TortureOptions {
  /** Cases in all, drawn evenly; all of them when absent. */
  readonly sample?: number;
}

interface Case {
  readonly damage: Damage;
  /** Which part of a divided collection is damaged; `undefined`: the collection is whole. */
  readonly part: number | undefined;
  readonly seed: number;
}

const atOnce = 12; // collections that recover side by side, most of the time waiting for their next checkpoint
const recoveryMsMax = 120_000; // all of them on a machine that is slow and busy
const wholeVectorsMax = 1_000_000; // what is divided was divided before

/**
 * Damages each file of checkpoints in each way, then searches through one host that lives through all of it. Every
 * answer is compared with the oracle's, what was damaged must be found out, and a good checkpoint must follow by itself.
 */
export async function runCorruption(options: CorruptionOptions): Promise<TortureReport> {
  await using folder = await temporaryFolder();
  const templates = await prepareTemplates(folder.path);
  const cases = drawCases(damagesOf(await prepareForeign(folder.path)), options);
  const indexFolder = join(folder.path, "vectors");
  await mkdir(indexFolder);
  const opening = { ...quick, folder: indexFolder, wholeVectorsMax, hostsMax: 1 };
  await using index = await openVectorIndex(opening, call);
  const { pid } = index;
  const run = new CorruptionRun(index, indexFolder, templates);
  const say = progress(options.print, "damaged");
  const startMs = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < cases.length && performance.now() - startMs < options.budgetMs) {
      const one = cases[next++];
      if (one !== undefined) await run.take(one);
      say(run.done, cases.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (index.pid !== pid) run.violations.push("the host ended");
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  return {
    part: "corruption",
    cases: run.done,
    violations: run.violations,
    facts: [
      ...(run.done < cases.length
        ? [`${cases.length - run.done} of ${cases.length} cases left out: time was over`]
        : []),
      `detected ${run.counts.detected}, never read again ${run.counts.dormant}, harmless ${run.counts.harmless}`,
      `${run.unchanged} damages changed no byte and were left out`,
      `${run.answers} answers compared with exact ones, ${run.exactAnswers} of them given while a graph was built anew`,
      `the host, process ${pid}, lived through all of it in ${seconds} s`,
    ],
  };
}

class CorruptionRun {
  readonly violations: string[] = [];
  readonly counts: Record<Expectation, number> = { detected: 0, dormant: 0, harmless: 0 };
  done = 0;
  unchanged = 0;
  answers = 0;
  exactAnswers = 0;
  readonly #index: HostedIndex;
  readonly #folder: string;
  readonly #templates: Readonly<Record<"whole" | "divided", Template>>;
  readonly #followed: Readonly<Record<"whole" | "divided", FollowedIndex>>;

  constructor(index: HostedIndex, folder: string, templates: Readonly<Record<"whole" | "divided", Template>>) {
    this.#index = index;
    this.#folder = folder;
    this.#templates = templates;
    this.#followed = {
      whole: createFollowedIndex({ index, log: templates.whole.log }),
      divided: createFollowedIndex({ index, log: templates.divided.log }),
    };
  }

  async take({ damage, part, seed }: Case): Promise<void> {
    const kind = part === undefined ? "whole" : "divided";
    const template = this.#templates[kind];
    const id = `kb_case${seed}` as KnowledgeBaseId;
    const folders = template.suffixes.map((suffix) => join(this.#folder, `${id}${suffix}`));
    const name = `seed ${seed}: ${damage.file} ${damage.what}${part === undefined ? "" : `, part ${part}`}`;
    const random = seededRandom(seed);
    try {
      await Promise.all(
        template.suffixes.map((suffix) =>
          cp(join(template.folder, `kb_template${suffix}`), join(this.#folder, `${id}${suffix}`), { recursive: true }),
        ),
      );
      const damaged = folders[part ?? 0] ?? "";
      if (!(await damage.apply(damaged, random))) {
        this.unchanged += 1;
      } else {
        const problem = await this.#judge(id, kind, damage, damaged, folders);
        if (problem === undefined) this.counts[damage.expected] += 1;
        else this.violations.push(`${name}: ${problem}`);
      }
      await this.#index.drop(id, call);
    } catch (thrown) {
      this.violations.push(`${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
    this.done += 1;
  }

  async #judge(
    id: KnowledgeBaseId,
    kind: "whole" | "divided",
    damage: Damage,
    damaged: string,
    folders: readonly string[],
  ): Promise<string | undefined> {
    const { log } = this.#templates[kind];
    const before = await generationsIn(damaged);
    const search = async (query: Float32Array, limit: number): Promise<VectorSearchResult> => {
      const found = await this.#followed[kind].search(id, query, { limit }, call);
      this.answers += 1;
      return found;
    };
    const untilMs = performance.now() + recoveryMsMax;
    for (;;) {
      const { kind: answeredBy } = await this.#index.status(id, call);
      if (answeredBy === "exact") this.exactAnswers += log.queries.length;
      const wrong = await log.wrong(search, answeredBy === "exact" ? 0 : 1);
      if (wrong !== undefined) return wrong;
      const unwell = await firstUnwell(folders, log.sequence, kind);
      if (unwell === undefined && (await this.#index.status(id, call)).kind === "hnsw") break;
      if (performance.now() > untilMs) return `no good checkpoint came: ${unwell ?? "no graph answers"}`;
      await delay(15);
    }
    // Of a file that is not there nothing can be set aside: that it was written anew shows that it was missed.
    const isAnew = (await generationsIn(damaged)).at(-1) !== before.at(-1);
    const isFound = (await quarantinedIn(damaged)).length > 0 || (damage.what === "missing" && isAnew);
    const { expected } = damage;
    if (expected === "detected" && !isFound) return "was not detected";
    if (expected === "dormant" && isFound) return "made something of a good checkpoint be distrusted";
    return undefined;
  }
}

/** `undefined` when each folder has a good newest checkpoint with a graph at this sequence, and nothing stray. */
async function firstUnwell(folders: readonly string[], sequence: number, kind: string): Promise<string | undefined> {
  for (const folder of folders) {
    const newest = await newestCheckpoint(folder);
    if (typeof newest === "string") return newest;
    if (newest.sequence !== sequence && kind === "whole") return `the newest is of operation ${newest.sequence}`;
    if (!newest.hasGraph) return "the newest has no graph";
    const stray = (await namesIn(folder)).filter((name) => name.endsWith(".tmp"));
    if (stray.length > 0) return `${stray[0]} is there`;
  }
  return undefined;
}

async function quarantinedIn(folder: string): Promise<readonly string[]> {
  const names = [...(await namesIn(folder))];
  for (const generation of await generationsIn(folder)) names.push(...(await namesIn(join(folder, generation))));
  const beside = (await namesIn(join(folder, ".."))).filter((name) => name.startsWith(`${folder.split("/").at(-1)}.`));
  return [...names, ...beside].filter((name) => /\.bad-\d+$/.test(name));
}

function drawCases(
  kinds: ReturnType<typeof damagesOf>,
  { sample, seed }: Pick<CorruptionOptions, "sample" | "seed">,
): readonly Case[] {
  const random = seededRandom(seed);
  const all = kinds.flatMap(({ damage, times }) =>
    [undefined, 0].flatMap((kind) =>
      Array.from({ length: times }, (_, time) => ({ damage, kind, order: time / times })),
    ),
  );
  // Evenly: of each kind its first case before any has its second. Drawn among equals.
  const mixed = all
    .filter(({ kind, damage }) => kind === undefined || !damage.file.startsWith("collection"))
    .map((one) => ({ ...one, draw: random() }))
    .toSorted((a, b) => a.order - b.order || a.draw - b.draw)
    .slice(0, sample);
  return mixed.map(({ damage, kind, draw }, i) => ({
    damage,
    part: kind === undefined ? undefined : Math.floor(draw * parts),
    seed: seed * 10_000 + i,
  }));
}
