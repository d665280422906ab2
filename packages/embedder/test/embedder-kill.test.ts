import { LarderError } from "@larder/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OnnxEmbedder } from "../src/onnx-embedder.ts";
import { openOnnxEmbedder } from "../src/onnx-embedder.ts";

const call = { signal: new AbortController().signal };
const passages = Array.from({ length: 600 }, (_, i) => `Passage ${i} about plum jam and the cellar. `.repeat(8));

let embedder: OnnxEmbedder;
beforeEach(async () => {
  embedder = await openOnnxEmbedder();
});
afterEach(() => embedder.close());

function kill(): void {
  if (embedder.pid !== undefined) process.kill(embedder.pid, "SIGKILL");
}

/** Resolves when `holds` does; the bound turns an endless wait into a failure. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("the expected state never came");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("an embedder whose process is killed", () => {
  it("answers the request under way as if nothing had happened, bit for bit", async () => {
    const expected = await embedder.embed(passages, "bulk", call);
    const bulk = embedder.embed(passages, "bulk", call);
    await embedder.embed(["a query that comes back while the rest is under way"], "query", call);
    kill();
    expect(await bulk).toEqual(expected);
    expect(embedder.starts).toBe(2);
    expect(embedder.health().state).toBe("ok");
  });

  it("says degraded, starts again by itself and says ok", async () => {
    kill();
    await until(() => embedder.health().state === "degraded");
    await until(() => embedder.health().state === "ok");
    expect(embedder.starts).toBe(2);
  });

  it("survives being killed again and again between requests", async () => {
    const [first] = [await embedder.embed(["plum jam"], "query", call)];
    for (let round = 0; round < 4; round++) {
      kill();
      expect(await embedder.embed(["plum jam"], "query", call)).toEqual(first);
    }
  });

  it("gives a typed error, and goes on, when the successor is killed over the same request", async () => {
    const bulk = embedder.embed(passages, "bulk", call);
    const outcome = bulk.then(
      () => "answered",
      (thrown: unknown) => (LarderError.is(thrown) ? thrown.code : "untyped"),
    );
    let isSettled = false;
    void outcome.then(() => {
      isSettled = true;
    });
    let killed: number | undefined;
    while (!isSettled) {
      if (embedder.pid !== undefined && embedder.pid !== killed) {
        killed = embedder.pid;
        kill();
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await outcome).toBe("EMBEDDER_UNAVAILABLE");
    expect(await embedder.embed(["plum jam"], "query", call)).toHaveLength(embedder.dimensions);
  });

  it("does not retry what was aborted meanwhile", async () => {
    const abort = new AbortController();
    const reason = new Error("the reader left");
    const bulk = embedder.embed(passages, "bulk", { signal: abort.signal });
    kill();
    abort.abort(reason);
    await expect(bulk).rejects.toBe(reason);
  });

  it("rejects what is under way when it is closed, and does not start again", async () => {
    const bulk = embedder.embed(passages, "bulk", call);
    const refused = expect(bulk).rejects.toMatchObject({ code: "EMBEDDER_UNAVAILABLE" });
    await embedder.close();
    await refused;
    expect(embedder.pid).toBeUndefined();
  });
});
