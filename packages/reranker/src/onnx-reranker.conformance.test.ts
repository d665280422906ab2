import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeReranker } from "@larder/testkit";
import { afterAll, beforeAll } from "vitest";
import { writePairModel } from "../test/write-pair-model.ts";
import { openOnnxReranker } from "./onnx-reranker.ts";

let modelsFolder: string;
beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), "larder-rerankers-"));
  await writePairModel(modelsFolder, "acme/pairs");
});
afterAll(() => rm(modelsFolder, { recursive: true }));

describeReranker("a hand-written cross-encoder", () => openOnnxReranker({ model: "acme/pairs", modelsFolder }));
