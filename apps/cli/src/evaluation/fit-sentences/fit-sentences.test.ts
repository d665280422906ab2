import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StageProgress } from "../stage-progress.ts";
import { fitSentences } from "./fit-sentences.ts";
import { renderFit } from "./render-fit.ts";

const lines = (...rows: readonly object[]) => gzipSync(rows.map((row) => JSON.stringify(row)).join("\n"));
const silent: StageProgress = { during: async (_stage, _total, act) => act(() => undefined) };
const call = { signal: new AbortController().signal };
const qrels = "query-id\tcorpus-id\tscore\nq1\t1\t1\n";
let folder: string;

/** A long text in which one sentence answers. */
function setWith(fact: string, question: string) {
  const filler = Array.from(
    { length: 90 },
    (_, i) => `Paragraph ${i} says that ferries cross bay number ${7 * i}. Rain fell.`,
  );
  const text = [...filler.slice(0, 40), fact, ...filler.slice(40)].join("\n\n");
  const start = text.indexOf(fact);
  return {
    "corpus.jsonl.gz": lines({ _id: "1", title: "Coast", text }),
    "queries.jsonl.gz": lines({ _id: "q1", text: question }),
    "gold.jsonl.gz": lines({ query_id: "q1", doc_id: "1", spans: [{ start16: start, end16: start + fact.length }] }),
    "qrels.tsv": qrels,
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-fit-test-"));
  const sets = {
    coast: setWith("The lighthouse keeper was called Ottoline Marsh.", "What was the lighthouse keeper called?"),
    kitchen: setWith("Honey keeps for decades in a closed jar.", "How long does honey keep?"),
    short: {
      "corpus.jsonl.gz": lines({ _id: "1", title: "", text: "Rain." }),
      "queries.jsonl.gz": lines({ _id: "q1", text: "rain" }),
      "qrels.tsv": qrels,
    },
  };
  for (const [set, files] of Object.entries(sets)) {
    await mkdir(join(folder, set));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, set, name), content);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const fitTo = (...sets: readonly string[]) =>
  fitSentences({ data: folder, sets, cacheFolder: join(folder, "cache"), isJson: false }, {}, silent, call);

it("fits to all sets and without each, and judges both beside the present weights", async () => {
  const found = await fitTo("coast", "kitchen");
  expect(found.questions).toEqual({ coast: 1, kitchen: 1 });
  expect(found.choices.map(({ name }) => name)).toEqual(["present", "all sets", "without coast", "without kitchen"]);
  for (const { weights, sharpness } of found.choices) {
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
    expect(sharpness).toBeGreaterThan(0);
  }
  expect(found.onSets.map(({ set, choice }) => `${set}: ${choice}`)).toEqual([
    ...["coast: present", "coast: all sets", "coast: without coast"],
    ...["kitchen: present", "kitchen: all sets", "kitchen: without kitchen"],
  ]);
  for (const { area, calibration } of found.onSets) {
    expect(area).toBe(1); // the one sentence comes first
    expect(calibration.map(({ recall }) => recall)).toEqual([1, 1, 1]);
  }
  for (const name of ["without kitchen", "neighbour", "T90", "predicted 0.95"])
    expect(renderFit(found)).toContain(name);
}, 60_000);

it("refuses a set that does not say which sentences are evidence", async () => {
  await expect(fitTo("short")).rejects.toMatchObject({ code: "DATA_SET_INVALID", details: { set: "short" } });
}, 60_000);
