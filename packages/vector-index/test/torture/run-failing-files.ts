import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KnowledgeBaseId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { codeGraphs } from "../../src/graphs/codes/code-graphs.ts";
import { createFollowedIndex } from "../../src/index.ts";
import type { LocalIndex } from "../../src/local-index.ts";
import { openLocalIndex } from "../../src/local-index.ts";
import { graphAnswers, temporaryFolder } from "../temporary-index.ts";
import { newestCheckpoint } from "./checkpoints-on-disk.ts";
import type { Failure } from "./failing-files.ts";
import { FailingFiles } from "./failing-files.ts";
import type { TortureOptions, TortureReport } from "./torture-report.ts";
import { call, dimensions, embedderId, TorturedLog } from "./tortured-collection.ts";

const kb = "kb_failing0" as KnowledgeBaseId;
const failures: readonly Failure[] = ["EIO", "ENOSPC", "EMFILE", "a short write"];
const condemning = new Set<Failure>(["EIO"]); // a file that cannot be read is set aside; too many open files say nothing
const before = 120;
const exactVectorsMax = 60; // so that each checkpoint has a graph
const buildingMsMax = 5_000;

/**
 * Each call of the file system fails in turn while a collection is opened, searched, changed and saved, once by each
 * failure. In this process, where the calls can be made to fail; hnswlib's own writes fail in {@link runDisk} only.
 */
export async function runFailingFiles({ budgetMs }: TortureOptions): Promise<TortureReport> {
  await using folder = await temporaryFolder();
  const log = new TorturedLog(180, 21);
  const template = join(folder.path, "template");
  const path = join(folder.path, "vectors");
  const openIn = (where: string): LocalIndex => {
    const quiet = { checkpointIdleMs: 2 ** 30, checkpointOperations: 2 ** 30 };
    return openLocalIndex({ folder: where, dimensions, embedderId, exactVectorsMax, ...quiet }, codeGraphs);
  };
  await using filled = openIn(template);
  for (const until of [before - 20, before]) {
    await filled.apply(kb, log.operations.slice(0, until), { after: 0 }, call);
    await graphAnswers(filled, kb);
    await filled.checkpoint(kb, call);
  }
  await using files = await FailingFiles.install();
  const violations: string[] = [];
  const startMs = performance.now();
  let cases = 0;
  let refused = 0;
  for (const failure of failures) {
    for (let at = 1; performance.now() - startMs < budgetMs; at++) {
      const what = `${failure} at call ${at}`;
      await rm(path, { recursive: true, force: true });
      await cp(template, path, { recursive: true });
      const index = openIn(path);
      const followed = createFollowedIndex({ index, log });
      const answers = async (when: string): Promise<void> => {
        const wrong = await log.wrong((query, limit) => followed.search(kb, query, { limit }, call), 1); // a graph may miss one
        if (wrong !== undefined) violations.push(`${what}, ${when}: ${wrong}`);
      };
      files.arm(at, failure);
      try {
        await answers("failing");
        await index.checkpoint(kb, call);
        files.disarm(); // what is looked at here is not to fail
        const newest = await newestCheckpoint(join(path, kb));
        if (typeof newest === "string" || newest.sequence !== log.sequence) violations.push(`${what}: saved, it says`);
        else if (!newest.hasGraph) violations.push(`${what}: saved without its graph`);
      } catch (thrown) {
        refused += 1;
        if (!LarderError.is(thrown)) violations.push(`${what}: untyped, ${thrown}`);
        else if (!thrown.retryable && thrown.code !== "STORE_FULL") violations.push(`${what}: ${thrown.code}`);
      }
      const { hasFailed } = files;
      files.disarm();
      await answers("well again");
      await index.checkpoint(kb, call).catch((thrown) => violations.push(`${what}, well again: ${thrown}`));
      const untilMs = performance.now() + buildingMsMax; // of a graph that was set aside
      while (index.health().detail.includes("is building") && performance.now() < untilMs) await delay(5);
      if (index.health().state !== "ok") violations.push(`${what}, well again: ${index.health().detail}`);
      const names = await readdir(join(path, kb), { recursive: true });
      const odd = names.filter((name) => /\.tmp$/.test(name) || (/\.bad-/.test(name) && !condemning.has(failure)));
      if (odd.length > 0) violations.push(`${what}: ${odd.join(", ")} is there`);
      await index[Symbol.asyncDispose]();
      await using again = openIn(path);
      const { appliedSequence } = await again.status(kb, call);
      if (appliedSequence !== log.sequence) violations.push(`${what}, opened again: at operation ${appliedSequence}`);
      if (!hasFailed) break; // fewer calls than that
      cases += 1;
    }
  }
  return {
    part: "calls",
    cases,
    violations,
    facts: [`${refused} times refused with a typed error, otherwise done in spite of it; all well afterwards`],
  };
}
