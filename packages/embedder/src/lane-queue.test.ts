import type { EmbeddingLane } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLaneQueue } from "./lane-queue.ts";

interface Sent {
  readonly texts: readonly string[];
  readonly lane: EmbeddingLane;
  readonly signal: AbortSignal;
  answer(): void;
  fail(reason: unknown): void;
}

/** A queue whose batches are answered when the test says so; a text's row is the number that it spells. */
function openQueue({
  waitingTextsMax = { query: 4, bulk: 8, background: 200 },
  inFlightMax = { query: 1, bulk: 1, background: 1 },
} = {}) {
  const sent: Sent[] = [];
  const queue = createLaneQueue({
    dimensions: 1,
    batchTextsMax: 2,
    inFlightMax,
    waitingTextsMax,
    send: (texts, lane, { signal }) =>
      new Promise((resolve, reject) => {
        sent.push({ texts, lane, signal, answer: () => resolve(Float32Array.from(texts, Number)), fail: reject });
      }),
  });
  return { queue, sent };
}

const call = { signal: new AbortController().signal };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function answerAll(sent: readonly Sent[]): Promise<void> {
  for (let i = 0; i < sent.length; i++) {
    sent[i]?.answer();
    await settled();
  }
}

describe("createLaneQueue", () => {
  it("sends nothing for zero texts", async () => {
    const { queue, sent } = openQueue();
    expect(await queue.submit([], "bulk", call)).toEqual(new Float32Array(0));
    expect(sent).toEqual([]);
  });

  it("splits a request and puts its rows together in order", async () => {
    const { queue, sent } = openQueue();
    const rows = queue.submit(["1", "2", "3", "4", "5"], "bulk", call);
    await answerAll(sent);
    expect(sent.map(({ texts }) => texts)).toEqual([["1", "2"], ["3", "4"], ["5"]]);
    expect(await rows).toEqual(Float32Array.of(1, 2, 3, 4, 5));
  });

  it("sends a query at once beside bulk work in flight, and no bulk batch while a query waits", async () => {
    const { queue, sent } = openQueue();
    const all = [
      queue.submit(["1", "2", "3", "4"], "bulk", call),
      queue.submit(["5"], "query", call),
      queue.submit(["6"], "query", call),
    ];
    expect(sent.map(({ texts }) => texts.join())).toEqual(["1,2", "5"]);
    sent[0]?.answer();
    await settled();
    expect(sent).toHaveLength(2); // "3,4" may not begin: "6" waits
    await answerAll(sent);
    expect(sent.map(({ texts }) => texts.join())).toEqual(["1,2", "5", "6", "3,4"]);
    await Promise.all(all);
  });

  it("sends bulk batches before background ones, and a background one in its turn", async () => {
    const { queue, sent } = openQueue({ waitingTextsMax: { query: 4, bulk: 200, background: 200 } });
    const texts = Array.from({ length: 80 }, (_, i) => `${i}`);
    const all = [
      queue.submit(["-1", "-2", "-3", "-4", "-5", "-6"], "background", call),
      queue.submit(texts, "bulk", call),
    ];
    expect(sent.map(({ lane }) => lane)).toEqual(["background"]); // one batch at a time, whosever
    await answerAll(sent);
    const turns = sent.flatMap(({ lane }, i) => (lane === "background" ? [i] : []));
    expect(turns).toEqual([0, 16, 32]); // the first was alone
    expect(sent).toHaveLength(43);
    await Promise.all(all);
  });

  it("drops the batches of an aborted request that have not begun, and aborts the one that has", async () => {
    const { queue, sent } = openQueue();
    const abort = new AbortController();
    const reason = new Error("the reader left");
    const given = queue.submit(["1", "2", "3", "4"], "bulk", { signal: abort.signal });
    const kept = queue.submit(["5"], "bulk", call);
    abort.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect(sent[0]?.signal.reason).toBe(reason);
    await answerAll(sent);
    expect(sent.map(({ texts }) => texts.join())).toEqual(["1,2", "5"]);
    expect(await kept).toEqual(Float32Array.of(5));
  });

  it("rejects at once when the signal is aborted already", async () => {
    const { queue, sent } = openQueue();
    const reason = new Error("too late");
    await expect(queue.submit(["1"], "query", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sent).toEqual([]);
  });

  it("fails one request with what sending threw and goes on with the next", async () => {
    const { queue, sent } = openQueue();
    const failing = queue.submit(["1", "2", "3"], "bulk", call);
    const next = queue.submit(["4"], "bulk", call);
    sent[0]?.fail(new LarderError("EMBEDDER_OUTPUT_INVALID"));
    await expect(failing).rejects.toMatchObject({ code: "EMBEDDER_OUTPUT_INVALID" });
    await answerAll(sent.slice(1));
    expect(await next).toEqual(Float32Array.of(4));
    expect(sent.map(({ texts }) => texts.join())).toEqual(["1,2", "4"]);
  });

  it("takes one request of any length, and refuses more while its lane is full", async () => {
    const { queue, sent } = openQueue({ waitingTextsMax: { query: 1, bulk: 3, background: 3 } });
    const long = queue.submit(["1", "2", "3", "4", "5", "6"], "bulk", call);
    await expect(queue.submit(["7"], "bulk", call)).rejects.toMatchObject({ code: "EMBEDDER_UNAVAILABLE" });
    const query = queue.submit(["8"], "query", call); // the other lane has room of its own
    await answerAll(sent);
    expect(await long).toHaveLength(6);
    expect(await query).toHaveLength(1);
    const later = queue.submit(["9"], "bulk", call);
    await answerAll(sent);
    expect(await later).toEqual(Float32Array.of(9));
  });

  it("rejects what waits and what comes once it is closed", async () => {
    const { queue } = openQueue();
    const waiting = queue.submit(["1", "2", "3"], "bulk", call);
    const reason = new LarderError("EMBEDDER_UNAVAILABLE");
    queue.close(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(queue.submit(["4"], "query", call)).rejects.toBe(reason);
  });

  it("answers every request with its own rows, whatever the order of requests and answers", async () => {
    const requests = fc.array(
      fc.record({ lane: fc.constantFrom<EmbeddingLane>("query", "bulk"), length: fc.integer({ min: 1, max: 7 }) }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        requests,
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat()),
        async (plan, max, picks) => {
          const room = { query: 1_000, bulk: 1_000, background: 1_000 };
          const { queue, sent } = openQueue({
            inFlightMax: { query: max, bulk: max, background: max },
            waitingTextsMax: room,
          });
          let number = 0;
          const texts = plan.map(({ length }) => Array.from({ length }, () => String(number++)));
          const answers = plan.map(({ lane }, i) => queue.submit(texts[i] ?? [], lane, call));
          const unanswered = new Set<Sent>();
          for (let seen = 0; seen < sent.length || unanswered.size > 0; ) {
            for (const batch of sent.slice(seen)) unanswered.add(batch);
            seen = sent.length;
            expect([...unanswered].filter(({ lane }) => lane === "bulk").length).toBeLessThanOrEqual(max);
            const pick = [...unanswered][(picks.next().value ?? 0) % unanswered.size];
            if (pick !== undefined) unanswered.delete(pick);
            pick?.answer();
            await settled();
          }
          const rows = await Promise.all(answers);
          expect(rows.map((row) => [...row])).toEqual(texts.map((list) => list.map(Number)));
        },
      ),
      { numRuns: 50 },
    );
  });
});
