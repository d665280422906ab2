import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Embedder, EmbedderId } from "@larder/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCachedEmbedder } from "./cached-embedder.ts";

const call = { signal: new AbortController().signal };
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-cache-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Embeds a text as its length and a constant, and counts what it was asked. */
function countingEmbedder(id = "lengths@1") {
  const asked: string[] = [];
  const embedder: Embedder = {
    id: id as EmbedderId,
    dimensions: 2,
    textTokensMax: 10,
    textsPerCallMax: 4,
    async embed(texts) {
      asked.push(...texts);
      return Float32Array.from(texts.flatMap((text) => [text.length, 0.5]));
    },
    countTokens: async (texts) => texts.map((text) => text.length),
    health: () => ({ name: "embedder", state: "ok", detail: "" }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { asked, embedder };
}

describe("a cached embedder", () => {
  it("gives the same vectors as without a cache, and asks for each text once", async () => {
    const { asked, embedder } = countingEmbedder();
    const cached = createCachedEmbedder(embedder, folder, () => 0);
    expect([...(await cached.embed(["aa", "b", "aa"], "bulk", call))]).toEqual([2, 0.5, 1, 0.5, 2, 0.5]);
    expect([...(await cached.embed(["b"], "bulk", call))]).toEqual([1, 0.5]);
    expect([...(await cached.embed([], "bulk", call))]).toEqual([]);
    expect(asked).toEqual(["aa", "b"]);
    expect(cached.takeEmbedded()).toEqual({ texts: 2, ms: 0 });
    expect(cached.takeEmbedded()).toEqual({ texts: 0, ms: 0 });
  });

  it("remembers what was saved in the next run, under the same embedder only", async () => {
    const first = createCachedEmbedder(countingEmbedder().embedder, folder, () => 0);
    await first.embed(["aa", "b"], "bulk", call);
    await first.save();
    await first.save();

    const next = countingEmbedder();
    const again = createCachedEmbedder(next.embedder, folder, () => 0);
    expect([...(await again.embed(["b", "aa"], "bulk", call))]).toEqual([1, 0.5, 2, 0.5]);
    expect(next.asked).toEqual([]);

    const other = countingEmbedder("lengths@2");
    await createCachedEmbedder(other.embedder, folder, () => 0).embed(["b"], "bulk", call);
    expect(other.asked).toEqual(["b"]);
  });

  it("embeds questions anew each time", async () => {
    const { asked, embedder } = countingEmbedder();
    const cached = createCachedEmbedder(embedder, folder, () => 0);
    await cached.embed(["why?"], "query", call);
    await cached.embed(["why?"], "query", call);
    expect(asked).toEqual(["why?", "why?"]);
  });

  it("ignores a file that was cut off", async () => {
    const first = createCachedEmbedder(countingEmbedder().embedder, folder, () => 0);
    await first.embed(["aa"], "bulk", call);
    await first.save();
    const [inner = ""] = await readdir(folder);
    const [file = ""] = await readdir(join(folder, inner));
    await truncate(join(folder, inner, file), 7);

    const next = countingEmbedder();
    await createCachedEmbedder(next.embedder, folder, () => 0).embed(["aa"], "bulk", call);
    expect(next.asked).toEqual(["aa"]);
  });
});
