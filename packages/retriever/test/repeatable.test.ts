import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createKnowledgeBaseIn } from "@larder/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openParts } from "./open-parts.ts";

const call = { signal: AbortSignal.timeout(120_000) };
const runSource = fileURLToPath(new URL("../../child-process/scripts/run-source.mjs", import.meta.url));
const program = fileURLToPath(new URL("./retrieve-in-process.ts", import.meta.url));
const questions = ["Does oil go rancid in the light?", "car", "What is kept dry, and where?", "部屋 oil", "the"];
let folder: string;

async function retrieveInProcess(asked: readonly string[]): Promise<Record<string, unknown>> {
  const node = [runSource, program, folder, ...asked];
  const { stdout } = await promisify(execFile)(process.execPath, node, { ...call, maxBuffer: 50_000_000 });
  return JSON.parse(stdout);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-repeatable-"));
  const parts = await openParts(folder);
  const id = await createKnowledgeBaseIn(parts.store.documents);
  const things = ["Oil", "Flour", "Jam", "A car", "Honey"];
  for (let i = 0; i < 30; i++) {
    const thing = things[i % 5] ?? "";
    const paragraphs = [
      `${thing} number ${i} stands in the light. It goes rancid! Nobody minds it.`,
      `${thing} wants a dry place. The same sentence stands in many documents of this kind.`,
      "部屋にある。Oil is kept in the car.",
    ];
    await parts.add(id, i % 2 === 0 ? "Equal titles" : `Title ${i}`, paragraphs, { hasSentences: i % 3 > 0 });
  }
  await parts.close();
});
afterAll(() => rm(folder, { recursive: true }));

it("gives the same evidence in the same order in every process, whatever was asked before", async () => {
  const first = await retrieveInProcess(questions);
  const second = await retrieveInProcess([...questions.toReversed(), "automobile"]);
  expect(Object.keys(first)).toHaveLength(3 * questions.length);
  expect(second).toMatchObject(first);
  for (const retrieval of Object.values(first)) expect(JSON.stringify(retrieval)).toContain('"text"');
});
