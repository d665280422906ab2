import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killHost, killUntilSettled } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OnnxReranker } from "../src/onnx-reranker.ts";
import { openOnnxReranker } from "../src/onnx-reranker.ts";
import { writePairModel } from "./write-pair-model.ts";

const call = { signal: new AbortController().signal };
const passages = Array.from({ length: 60 }, (_, i) => `Passage ${i} about plum jam and the cellar. `.repeat(40));

let modelsFolder: string;
let reranker: OnnxReranker;
beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), "larder-rerankers-"));
  await writePairModel(modelsFolder, "acme/pairs");
  reranker = await openOnnxReranker({ model: "acme/pairs", modelsFolder });
});
afterAll(async () => {
  await reranker.close();
  await rm(modelsFolder, { recursive: true });
});

describe("a reranker whose process is killed", () => {
  it("answers the request under way as if nothing had happened", async () => {
    const expected = await reranker.score("plum jam", passages, call);
    const { starts } = reranker;
    const scores = reranker.score("plum jam", passages, call);
    killHost(reranker);
    expect(await scores).toEqual(expected);
    expect(reranker.starts).toBe(starts + 1);
    expect(reranker.health().state).toBe("ok");
  });

  it("gives a typed error, and goes on, when the successor is killed over the same request", async () => {
    expect(await killUntilSettled(reranker, reranker.score("plum jam", passages, call))).toBe("RERANKER_UNAVAILABLE");
    expect(await reranker.score("plum jam", passages.slice(0, 2), call)).toHaveLength(2);
  });

  it("does not start again once it is closed", async () => {
    await reranker.close();
    expect(reranker.pid).toBeUndefined();
    expect(reranker.health().state).toBe("down");
  });
});
