/** `npm run eval:formats -- --data <folder> [--json] [--only <part of a name>]`: what becomes of each real file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openInProcess } from "@larder/api";
import { LarderError } from "@larder/contracts";
import { untilInterrupted } from "../../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../../render/problem.ts";
import { startProgress } from "../../render/progress.ts";
import type { FormatResult } from "./evaluate-formats.ts";
import { evaluateFormats } from "./evaluate-formats.ts";
import { findFormats } from "./find-formats.ts";
import { renderFormats } from "./render-formats.ts";

const { signal } = untilInterrupted();

try {
  const { values } = parseArgs({
    options: { data: { type: "string" }, json: { type: "boolean" }, only: { type: "string" } },
  });
  if (values.data === undefined) {
    throw new LarderError("CONFIG_INVALID", { details: { problem: "--data is missing" } });
  }
  const all = await findFormats(values.data);
  const files = all.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const results = await evaluate(files);
  process.stdout.write(`${values.json === true ? JSON.stringify(results, null, 2) : renderFormats(results)}\n`);
  if (results.length === 0 || results.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
} catch (thrown) {
  const problem = problemOf(thrown);
  process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(problem);
}

async function evaluate(files: Awaited<ReturnType<typeof findFormats>>): Promise<readonly FormatResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "larder-formats-"));
  const env = { ...process.env, LARDER_DATA_DIR: folder, LARDER_LOG_LEVEL: "silent", LARDER_OFFLINE: "1" };
  const progress = startProgress(files.length, process.stderr.isTTY === true);
  try {
    const larder = await openInProcess(env);
    try {
      const results: FormatResult[] = [];
      const sendRequest = async (path: string, init?: RequestInit): Promise<Response> =>
        larder.fetch(new Request(new URL(path, "http://127.0.0.1"), init));
      for await (const result of evaluateFormats(files, sendRequest, signal)) {
        results.push(result);
        progress.step(result.name);
      }
      return results;
    } finally {
      await larder.close();
    }
  } finally {
    progress.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
