import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePairGraph } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLarder } from "./run-larder.ts";

const tokenizer = fileURLToPath(new URL("../../../packages/embedder/models/larder-embed-v1", import.meta.url));

let folder = "";

interface Found {
  readonly evidence: readonly { readonly scores: { readonly rerank: number | null } }[];
  readonly degraded: readonly string[];
  readonly timings_ms: { readonly rerank: number };
}

async function search(env: Record<string, string>): Promise<Found> {
  const { stdout, stderr, code } = await runLarder(["--json", "search", "how long does honey keep"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Found;
}

/** A data folder of its own, and a reranker in a models folder of its own, pinned by the command or not. */
async function setUp(name: string, { isPinned = true } = {}) {
  const data = { LARDER_DATA_DIR: join(folder, name, "data") };
  const models = join(folder, name, "models");
  const model = join(models, "acme/pairs");
  await mkdir(join(model, "onnx"), { recursive: true });
  await mkdir(data.LARDER_DATA_DIR);
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) await cp(join(tokenizer, file), join(model, file));
  const config = { architectures: ["BertForSequenceClassification"], model_type: "bert", id2label: { 0: "LABEL_0" } };
  await writeFile(join(model, "config.json"), JSON.stringify(config));
  const graph = encodePairGraph({ vocabularySize: 28_000, silentIds: [0, 1, 2, 3, 4], factors: [1] });
  await writeFile(join(model, "onnx/model_quantized.onnx"), graph);
  const settings = { LARDER_MODELS_DIR: models, LARDER_RERANKER_MODEL: "acme/pairs" };
  const pinned = isPinned ? await runLarder(["--json", "models", "pin", model], data) : undefined;
  return { data, model, settings, pinned, on: { ...data, ...settings } };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-reranking-"));
  await mkdir(join(folder, "pantry"));
  await writeFile(join(folder, "pantry/honey.md"), "# Honey\n\nHoney keeps for twenty years in a closed jar.\n");
  await writeFile(join(folder, "pantry/oil.md"), "# Oil\n\nOil goes rancid after ninety days in the light.\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.concurrent("larder with a reranker", () => {
  it("pins the model and prints what to set, and then reads the best passages once more", async () => {
    const { data, settings, pinned, on } = await setUp("searched");
    expect(pinned?.code).toBe(0);
    expect(JSON.parse(pinned?.stdout ?? "")).toMatchObject({
      model: "acme/pairs",
      task: "reranking",
      is_written: true,
      settings,
    });
    expect((await runLarder(["ingest", join(folder, "pantry")], data)).code).toBe(0);
    const plain = await search(data);
    expect(plain.evidence.map(({ scores }) => scores.rerank)).toEqual(plain.evidence.map(() => null));
    expect(plain.timings_ms.rerank).toBe(0);
    const reranked = await search(on);
    expect(reranked.degraded).toEqual([]);
    expect(reranked.evidence[0]?.scores.rerank).toBe(1);
    expect(reranked.timings_ms.rerank).toBeGreaterThan(0);
  });

  it("does not start with a model that is not pinned, and says how to pin it", async () => {
    const { on } = await setUp("unpinned", { isPinned: false });
    const { code, stderr } = await runLarder(["search", "honey"], on);
    expect(code).not.toBe(0);
    expect(stderr).toContain("RERANKER_MODEL_UNTRUSTED");
    expect(stderr).toContain("larder models pin");
  });

  it("names it among the parts of doctor, and refuses files that changed since they were pinned", async () => {
    const { model, on } = await setUp("changed");
    const { stdout } = await runLarder(["--json", "doctor"], on);
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({ name: "reranker", state: "ok", detail: expect.stringMatching(/^acme\/pairs@/) }),
    );
    await writeFile(join(model, "config.json"), "{}");
    expect((await runLarder(["models", "pin", model], on)).stderr).toContain("MODEL_PINS_DIFFER");
    expect((await runLarder(["search", "honey"], on)).stderr).toContain("RERANKER_MODEL_UNTRUSTED");
  });
});
