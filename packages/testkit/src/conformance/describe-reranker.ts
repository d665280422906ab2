import type { Reranker } from "@larder/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const query = "How long does plum jam keep?";
const passages = [
  "Plum jam keeps for three winters in a cool cellar.",
  "The treaty ended the war in 1648.",
  "",
  "Jars of jam: how long they keep.",
  "A very long passage about tax law. ".repeat(400),
  "🫙 漢字かな交じり文 \ud800 \0 [SEP] </s>",
];

/** The Reranker contract. Every adapter runs it. */
export function describeReranker(name: string, open: () => Promise<Reranker>): void {
  describe(`${name} keeps the Reranker contract`, () => {
    let reranker: Reranker;
    beforeAll(async () => {
      reranker = await open();
    });
    afterAll(() => reranker[Symbol.asyncDispose]());

    const call = { signal: new AbortController().signal };
    const score = (texts: readonly string[], asked = query) => reranker.score(asked, texts, call);

    it("states its identity and limits", () => {
      expect(reranker.id).not.toBe("");
      expect(reranker.passagesPerCallMax).toBeGreaterThanOrEqual(passages.length);
    });

    it("gives no score for zero passages", async () => {
      expect(await score([])).toEqual([]);
    });

    it("gives one finite score per passage, also to awkward ones", async () => {
      const scores = await score(passages);
      expect(scores).toHaveLength(passages.length);
      expect(scores.filter((value) => !Number.isFinite(value))).toEqual([]);
    });

    it("scores what answers the query above what has nothing to do with it", async () => {
      const [answer = Number.NaN, other = Number.NaN] = await score(passages);
      expect(answer).toBeGreaterThan(other);
    });

    it("scores a passage the same alone, wherever it stands in the list, and each time", async () => {
      const forward = await score(passages);
      expect((await score(passages.toReversed())).toReversed()).toEqual(forward);
      const alone = await Promise.all(passages.map(async (passage) => (await score([passage]))[0]));
      expect(alone).toEqual(forward);
      const [first, again] = await score(["plum jam", "plum jam"]);
      expect(again).toBe(first);
    });

    it.each(["", "x", "jam ".repeat(4_000), "漢".repeat(3_000)])("answers a query however long (%#)", async (asked) => {
      const scores = await score(passages.slice(0, 2), asked);
      expect(scores.filter(Number.isFinite)).toHaveLength(2);
    });

    it("rejects with the signal's own reason when aborted before", async () => {
      const reason = new Error("the reader left");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expect(reranker.score(query, passages, aborted)).rejects.toBe(reason);
    });

    it("rejects with the signal's own reason when aborted during the work, and goes on with the rest", async () => {
      const reason = new Error("the reader left");
      const abort = new AbortController();
      const many = Array.from({ length: reranker.passagesPerCallMax }, () => passages[4] ?? "");
      const given = reranker.score(query, many, { signal: abort.signal });
      const refused = expect(given).rejects.toBe(reason);
      const kept = score(passages.slice(0, 2));
      abort.abort(reason);
      await refused;
      expect(await kept).toHaveLength(2);
    });

    it("refuses more passages than it states", async () => {
      const tooMany = Array.from({ length: reranker.passagesPerCallMax + 1 }, () => "jam");
      await expect(score(tooMany)).rejects.toMatchObject({ code: "UNEXPECTED" });
    });

    it("says that it is well", () => {
      expect(reranker.health()).toMatchObject({ state: "ok" });
    });

    it("may be disposed of twice, and then refuses work by a typed error", async () => {
      const another = await open();
      await another[Symbol.asyncDispose]();
      await another[Symbol.asyncDispose]();
      expect(another.health().state).toBe("down");
      await expect(another.score(query, passages, call)).rejects.toMatchObject({ code: "RERANKER_UNAVAILABLE" });
    });
  });
}
