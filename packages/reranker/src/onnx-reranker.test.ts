import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@xenova/transformers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePairModel } from "../test/write-pair-model.ts";
import type { OnnxReranker, OnnxRerankerOptions } from "./onnx-reranker.ts";
import { openOnnxReranker } from "./onnx-reranker.ts";

const call = { signal: new AbortController().signal };
const query = "how long does plum jam keep";
const passages = ["Plum jam keeps for three winters.", "The treaty ended the war.", "Plum jam. How long does it keep?"];

let modelsFolder: string;
let reranker: OnnxReranker;
const open = (model: string, change: Partial<OnnxRerankerOptions> = {}) =>
  openOnnxReranker({ model, modelsFolder, ...change });

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), "larder-rerankers-"));
  await writePairModel(modelsFolder, "acme/pairs");
  reranker = await open("acme/pairs");
});
afterAll(async () => {
  await reranker.close();
  await rm(modelsFolder, { recursive: true });
});

describe("openOnnxReranker", () => {
  it("computes what the transformers.js pipeline computes", async () => {
    env.allowRemoteModels = false;
    env.localModelPath = modelsFolder;
    const reference = await pipeline("text-classification", "acme/pairs", { dtype: "q8", local_files_only: true });
    const scores = await reranker.score(query, passages, call);
    for (const [i, passage] of passages.entries()) {
      const inputs = reference.tokenizer(query, { text_pair: passage });
      const { logits } = await reference.model(inputs);
      expect(scores[i]).toBe(logits.data[0]);
    }
  });

  it("orders passages by what they share with the query", async () => {
    const [some = 0, none = 0, most = 0] = await reranker.score(query, passages, call);
    expect(most).toBeGreaterThan(some);
    expect(some).toBeGreaterThan(none);
  });

  it("takes the lead of the second label where there are two", async () => {
    await writePairModel(modelsFolder, "acme/two", { factors: [0.5, 2] });
    await using two = await open("acme/two");
    const scores = await two.score(query, passages, call);
    const single = await reranker.score(query, passages, call);
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo((single[i] ?? Number.NaN) * 1.5, 4);
  });

  it("refuses a model of three labels, which is no reranker", async () => {
    await writePairModel(modelsFolder, "acme/three", { factors: [1, 2, 3] });
    await expect(open("acme/three")).rejects.toMatchObject({ code: "RERANKER_OUTPUT_INVALID", details: { labels: 3 } });
  });

  it("keeps to its limits: tokens of a pair, and passages that wait", async () => {
    await using narrow = await open("acme/pairs", { pairTokensMax: 40, passagesWaitingMax: 4 });
    expect(narrow.id).not.toBe(reranker.id);
    const long = `${"tax ".repeat(60)}`;
    const [cut, longer] = await narrow.score("plum jam", [long, `${long} plum jam plum jam`], call);
    expect(longer).toBe(cut);
    const [whole, changed] = await reranker.score("plum jam", [long, `${long} plum jam plum jam`], call);
    expect(changed).not.toBe(whole);
    const first = narrow.score(query, passages, call);
    await expect(narrow.score(query, passages, call)).rejects.toMatchObject({ code: "RERANKER_UNAVAILABLE" });
    await first;
    expect(await narrow.score(query, passages, call)).toHaveLength(3);
  });

  it("leaves most of a pair to the passage however long the query is", async () => {
    const asked = `plum jam ${"and more ".repeat(2_000)}`;
    const [about = 0, other = 0] = await reranker.score(asked, ["plum jam", "tax law"], call);
    expect(about).toBeGreaterThan(other);
  });

  it("refuses files that are not as pinned, and a model without pins", async () => {
    await writePairModel(modelsFolder, "acme/broken");
    await writeFile(join(modelsFolder, "acme/broken/onnx/model_quantized.onnx"), "no graph at all");
    await writePairModel(modelsFolder, "acme/unpinned", { isPinned: false });
    await Promise.all([
      expect(open("acme/broken")).rejects.toMatchObject({
        code: "RERANKER_MODEL_UNTRUSTED",
        details: { model: "acme/broken", file: "onnx/model_quantized.onnx" },
      }),
      expect(open("acme/unpinned")).rejects.toMatchObject({ code: "RERANKER_MODEL_UNTRUSTED" }),
    ]);
  });

  it("says that a model is missing", async () => {
    await expect(open("acme/none")).rejects.toMatchObject({ code: "RERANKER_MODEL_MISSING" });
    const relative = openOnnxReranker({ model: "acme/pairs", modelsFolder: "models" });
    await expect(relative).rejects.toMatchObject({ code: "RERANKER_MODEL_MISSING" });
  });

  it.each(["../pairs", "acme/../pairs", "/etc", "", "a/b/c"])("refuses the model id %j", async (model) => {
    await expect(open(model)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
