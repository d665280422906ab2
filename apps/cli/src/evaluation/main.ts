/** `npm run eval -- --data <folder> --sets a,b [--json]`: retrieval quality of the default pipeline on labelled sets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openInProcess } from "@larder/api";
import { LarderError } from "@larder/contracts";
import { readDataSet } from "@larder/evaluation";
import { untilInterrupted } from "../interruption.ts";
import { exitCodeOf, problemOf, renderProblem } from "../render/problem.ts";
import { startProgress } from "../render/progress.ts";
import { buildEvaluationBase } from "./build-knowledge-base.ts";
import type { SetResult } from "./evaluate-set.ts";
import { evaluateSet } from "./evaluate-set.ts";
import { renderResults, toJson } from "./render-results.ts";

const { signal } = untilInterrupted();

try {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      sets: { type: "string", default: "scifact" },
      json: { type: "boolean", default: false },
    },
  });
  if (values.data === undefined)
    throw new LarderError("DATA_SET_INVALID", { details: { problem: "--data is missing" } });
  const results = await evaluateAll(values.data, values.sets.split(","), !values.json);
  process.stdout.write(
    values.json ? `${JSON.stringify(results.map(toJson), null, 2)}\n` : `${renderResults(results)}\n`,
  );
} catch (thrown) {
  const problem = problemOf(thrown);
  process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = exitCodeOf(problem);
}

async function evaluateAll(data: string, names: readonly string[], isWatched: boolean): Promise<SetResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "larder-eval-"));
  const opened = await openInProcess(
    { ...process.env, LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1" },
    { isWorking: false },
  );
  const results: SetResult[] = [];
  try {
    for (const name of names) {
      const set = await readDataSet(data, name);
      const progress = startProgress(set.documents.length, isWatched && process.stderr.isTTY);
      let seen = 0;
      const base = await buildEvaluationBase(
        opened.larder,
        set,
        (done) => {
          for (; seen < done; seen += 1) progress.step(name);
        },
        { signal },
      );
      progress.stop();
      results.push(await evaluateSet(opened.larder, set, base, { signal }));
    }
    return results;
  } finally {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  }
}
