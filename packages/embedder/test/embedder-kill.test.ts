import { killHost, killUntilSettled } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OnnxEmbedder } from "../src/onnx-embedder.ts";
import { openOnnxEmbedder } from "../src/onnx-embedder.ts";

const call = { signal: new AbortController().signal };
const passages = Array.from({ length: 600 }, (_, i) => `Passage ${i} about plum jam and the cellar. `.repeat(8));

/** States pass quickly; starting again takes a while on a busy machine. */
const patiently = { interval: 5, timeout: 20_000 };

let embedder: OnnxEmbedder;
beforeAll(async () => {
  embedder = await openOnnxEmbedder();
});
afterAll(() => embedder.close());

describe("an embedder whose process is killed", () => {
  it("answers the request under way as if nothing had happened, bit for bit", async () => {
    const expected = await embedder.embed(passages, "bulk", call);
    const { starts } = embedder;
    const bulk = embedder.embed(passages, "bulk", call);
    await embedder.embed(["a query that comes back while the rest is under way"], "query", call);
    killHost(embedder);
    expect(await bulk).toEqual(expected);
    expect(embedder.starts).toBe(starts + 1);
    expect(embedder.health().state).toBe("ok");
  });

  it("says degraded, starts again by itself and says ok", async () => {
    const { starts } = embedder;
    killHost(embedder);
    await expect.poll(() => embedder.health().state, patiently).toBe("degraded");
    await expect.poll(() => embedder.health().state, patiently).toBe("ok");
    expect(embedder.starts).toBe(starts + 1);
  });

  it("survives being killed again and again between requests", async () => {
    const [first] = [await embedder.embed(["plum jam"], "query", call)];
    for (let round = 0; round < 3; round++) {
      killHost(embedder);
      expect(await embedder.embed(["plum jam"], "query", call)).toEqual(first);
    }
  });

  it("gives a typed error, and goes on, when the successor is killed over the same request", async () => {
    expect(await killUntilSettled(embedder, embedder.embed(passages, "bulk", call))).toBe("EMBEDDER_UNAVAILABLE");
    expect(await embedder.embed(["plum jam"], "query", call)).toHaveLength(embedder.dimensions);
  });

  it("does not retry what was aborted meanwhile", async () => {
    const abort = new AbortController();
    const reason = new Error("the reader left");
    const bulk = embedder.embed(passages, "bulk", { signal: abort.signal });
    killHost(embedder);
    abort.abort(reason);
    await expect(bulk).rejects.toBe(reason);
    await expect.poll(() => embedder.health().state, patiently).toBe("ok");
  });

  it("rejects what is under way when it is closed, and does not start again", async () => {
    const bulk = embedder.embed(passages, "bulk", call);
    const refused = expect(bulk).rejects.toMatchObject({ code: "EMBEDDER_UNAVAILABLE" });
    await embedder.close();
    await refused;
    expect(embedder.pid).toBeUndefined();
  });
});
