import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { env, pipeline } from "@xenova/transformers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddingModel } from "./embedding-models.ts";
import { carriedModel, embeddingModels } from "./embedding-models.ts";
import type { OnnxEmbedder } from "./onnx-embedder.ts";
import { openOnnxEmbedder } from "./onnx-embedder.ts";

const call = { signal: new AbortController().signal };
const carriedFolder = fileURLToPath(new URL("../models", import.meta.url));
const { fileHashes = {} } = embeddingModels[carriedModel] ?? {};
const texts = [
  "Plum jam keeps for three winters.",
  "",
  "Wer reitet so spät",
  "const a = b?.c ?? 1;",
  "jam ".repeat(900),
];

let modelsFolder: string;
let carried: OnnxEmbedder;
let copy: OnnxEmbedder;
const openCopy = (settings: Partial<EmbeddingModel> = { fileHashes }) =>
  openOnnxEmbedder({ model: "acme/tiny", modelsFolder, settings });

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), "larder-models-"));
  await cp(join(carriedFolder, carriedModel), join(modelsFolder, "acme/tiny"), { recursive: true });
  [carried, copy] = await Promise.all([openOnnxEmbedder(), openCopy()]);
});
afterAll(async () => {
  await Promise.all([carried.close(), copy.close()]);
  await rm(modelsFolder, { recursive: true });
});

describe("openOnnxEmbedder", () => {
  it("computes what the transformers.js pipeline computes", async () => {
    env.allowRemoteModels = false;
    env.localModelPath = carriedFolder;
    const reference = await pipeline("feature-extraction", carriedModel, { dtype: "q8", local_files_only: true });
    const matrix = await carried.embed(texts.slice(0, 4), "bulk", call);
    for (const [row, text] of texts.slice(0, 4).entries()) {
      const expected = (await reference(text, { pooling: "mean", normalize: true })).data;
      const actual = matrix.subarray(row * carried.dimensions, (row + 1) * carried.dimensions);
      const distance = Math.hypot(...actual.map((value, d) => value - Number(expected[d])));
      expect(distance).toBeLessThan(1e-5);
    }
  });

  it("opens a model that is not in the table, finding its dimensions itself", async () => {
    expect(copy.dimensions).toBe(256);
    expect(copy.textTokensMax).toBe(512);
    expect(copy.id).toMatch(/^acme\/tiny@[0-9a-f]{12}\/256$/);
    expect(await copy.embed(texts, "bulk", call)).toEqual(await carried.embed(texts, "bulk", call));
  });

  it("puts the prefix of the lane before each text and keeps room for it", async () => {
    await using prefixed = await openCopy({ fileHashes, queryPrefix: "query: ", passagePrefix: "a passage: " });
    expect(prefixed.id).not.toBe(copy.id);
    expect(prefixed.textTokensMax).toBe(copy.textTokensMax - 3);
    expect(await prefixed.embed(["jam"], "query", call)).toEqual(await copy.embed(["query: jam"], "query", call));
    expect(await prefixed.embed(["jam"], "bulk", call)).toEqual(await copy.embed(["a passage: jam"], "query", call));
  });

  it("reads no further than the limit, and up to it", async () => {
    const full = "jam ".repeat(carried.textTokensMax - 2); // the model adds two tokens of its own
    expect(await carried.countTokens([full], call)).toEqual([carried.textTokensMax]);
    const [cut, whole, shorter] = await Promise.all(
      [`${full} tax law`, full, full.replace("jam ", "law ")].map((text) => carried.embed([text], "bulk", call)),
    );
    expect(cut).toEqual(whole);
    expect(shorter).not.toEqual(whole);
  });

  it("refuses to start when the self-test comes out otherwise, or the dimensions are others than stated", async () => {
    const selfTest = { texts: ["plum jam", "tax law"], cosine: 0.99 } as const;
    await Promise.all([
      expect(openCopy({ fileHashes, selfTest })).rejects.toMatchObject({ code: "EMBEDDER_OUTPUT_INVALID" }),
      expect(openCopy({ fileHashes, dimensions: 384 })).rejects.toMatchObject({
        code: "EMBEDDER_OUTPUT_INVALID",
        details: { dimensions: 256, expectedDimensions: 384 },
      }),
    ]);
  });

  it("keeps the first dimensions as unit vectors under an id of their own, from the carried model as well", async () => {
    await using short = await openOnnxEmbedder({ settings: { keptDimensions: 64 } });
    expect(short.dimensions).toBe(64);
    expect(short.id).toMatch(/^larder-embed-v1@[0-9a-f]{12}\/64$/);
    expect(short.id.split("/")[0]).not.toBe(carried.id.split("/")[0]);
    const whole = await carried.embed(texts, "bulk", call);
    const kept = await short.embed(texts, "bulk", call);
    expect(kept).toHaveLength(texts.length * 64);
    for (const row of texts.keys()) {
      const first = whole.subarray(row * 256, row * 256 + 64);
      const length = Math.hypot(...first);
      const distance = Math.hypot(...first.map((value, d) => value / length - (kept[row * 64 + d] ?? 0)));
      expect(distance).toBeLessThan(1e-6);
    }
  });

  it("keeps its id and its bits when all dimensions are kept, and refuses to keep more", async () => {
    const refused = expect(openOnnxEmbedder({ settings: { keptDimensions: 257 } })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    await using all = await openOnnxEmbedder({ settings: { keptDimensions: 256 } });
    expect(all.id).toBe(carried.id);
    expect(await all.embed(texts, "query", call)).toEqual(await carried.embed(texts, "query", call));
    await refused;
  });

  it("refuses files that are not as pinned, before the runtime reads them", async () => {
    const folder = join(modelsFolder, "acme/broken");
    await cp(join(modelsFolder, "acme/tiny"), folder, { recursive: true });
    await rm(join(folder, "onnx/model_quantized.onnx"));
    await writeFile(join(folder, "onnx/model_quantized.onnx"), "no graph at all");
    const opening = openOnnxEmbedder({ model: "acme/broken", modelsFolder, settings: { fileHashes } });
    await expect(opening).rejects.toMatchObject({
      code: "EMBEDDER_MODEL_UNTRUSTED",
      details: { model: "acme/broken", file: "onnx/model_quantized.onnx" },
    });
  });

  it("refuses a model without pins and one that is not there", async () => {
    const missing = { code: "EMBEDDER_MODEL_MISSING" };
    await Promise.all([
      expect(openCopy({})).rejects.toMatchObject({ code: "EMBEDDER_MODEL_UNTRUSTED" }),
      expect(openOnnxEmbedder({ model: "acme/none", modelsFolder })).rejects.toMatchObject(missing),
      expect(openOnnxEmbedder({ model: "acme/tiny" })).rejects.toMatchObject(missing),
    ]);
  });

  it.each(["../tiny", "acme/../tiny", "/etc", "", "a/b/c", "acme/.."])("refuses the model id %j", async (model) => {
    await expect(openOnnxEmbedder({ model, modelsFolder })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
