import type { DocumentStatus, KnowledgeBaseId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IngestionWorkerOptions, WorkerEvent } from "../src/index.ts";
import { createIngestionWorker } from "../src/index.ts";
import { call, openParts } from "./open-parts.ts";

let parts: Awaited<ReturnType<typeof openParts>>;
let knowledgeBase: KnowledgeBaseId;

beforeAll(async () => {
  parts = await openParts();
  knowledgeBase = await parts.knowledgeBase("worker");
});
afterAll(() => parts[Symbol.asyncDispose]());

/** Runs a worker for as long as `use` takes. */
async function whileWorking<T>(
  use: (events: readonly WorkerEvent[], stop: () => Promise<void>) => Promise<T>,
  options: Partial<IngestionWorkerOptions> = {},
): Promise<T> {
  const events: WorkerEvent[] = [];
  const worker = createIngestionWorker({
    ...parts,
    name: "w",
    pollMs: 20,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const abort = new AbortController();
  const running = worker.run({ signal: abort.signal });
  const stop = async (): Promise<void> => {
    abort.abort(new LarderError("SERVER_STOPPING"));
    await running;
  };
  try {
    return await use(events, stop);
  } finally {
    await stop();
  }
}

async function statusOf(id: Parameters<typeof parts.queue.document>[1]): Promise<DocumentStatus> {
  return (await parts.queue.document(knowledgeBase, id, call)).status;
}

describe("the ingestion worker", () => {
  it("makes many documents ready, each with its passages, vectors and terms", async () => {
    const texts = Array.from({ length: 12 }, (_, i) => `# Note ${i}\n\nThe kettle number ${i} whistles at dawn.`);
    const uploads = await Promise.all(texts.map((text) => parts.upload(text)));
    const { documents } = await parts.queue.accept(knowledgeBase, uploads, call);
    await whileWorking(async () => {
      for (const { document } of documents)
        await expect.poll(() => statusOf(document.id), { timeout: 10_000 }).toBe("ready");
    });
    for (const [i, { document }] of documents.entries()) {
      const { text } = await parts.queue.text(knowledgeBase, document.id, call);
      expect(text).toBe(texts[i]);
      const { data } = await parts.queue.passages(knowledgeBase, document.id, { limit: 10 }, call);
      expect(data.map((passage) => text.slice(passage.start, passage.end))).toEqual(
        data.map((passage) => passage.text),
      );
    }
    const { counts, embedderId } = await parts.queue.knowledgeBase(knowledgeBase, call);
    expect(counts).toMatchObject({ documents: 12, passages: 12 });
    expect(embedderId).toBe(parts.embedder.id);
    const hits = await parts.store.lexical.search(knowledgeBase, "kettle", { limit: 20 }, call);
    expect(hits).toHaveLength(12);
    const latest = await parts.store.operationLog.latestSequence(knowledgeBase);
    const operations = await parts.store.operationLog.readAfter(knowledgeBase, 0, 100);
    expect(operations.at(-1)?.sequence).toBe(latest);
    expect(operations.filter(({ kind }) => kind === "add")).toHaveLength(12);
  });

  it("takes more tasks when it is woken while it is busy", async () => {
    const worker = createIngestionWorker({ ...parts, name: "busy", pollMs: 60_000, tasksAtOnceMax: 1 });
    const abort = new AbortController();
    const uploads = await Promise.all(
      Array.from({ length: 4 }, (_, i) => parts.upload(`Busy note ${i}.`, `b${i}.txt`)),
    );
    const accepting = uploads.map(async (upload) => {
      const { documents } = await parts.queue.accept(knowledgeBase, [upload], call);
      worker.wake();
      return documents[0]?.document.id;
    });
    const running = worker.run({ signal: abort.signal });
    for (const id of await Promise.all(accepting)) {
      await expect.poll(async () => id && statusOf(id), { timeout: 10_000 }).toBe("ready");
      worker.wake();
    }
    abort.abort();
    await running;
  });

  it("fails a document that can never be read, with its reason, and goes on", async () => {
    const bad = await parts.upload("PK\u0003\u0004 not a document", "archive.zip");
    const blank = await parts.upload(" \n\t ", "blank.txt");
    const good = await parts.upload("Something that can be read.", "good.txt");
    const { documents } = await parts.queue.accept(knowledgeBase, [bad, blank, good], call);
    const [first, second, third] = documents.map(({ document }) => document.id);
    await whileWorking(async () => {
      await expect.poll(async () => third && statusOf(third), { timeout: 10_000 }).toBe("ready");
      await expect.poll(async () => second && statusOf(second)).toBe("failed");
      await expect.poll(async () => first && statusOf(first)).toBe("failed");
    });
    if (second === undefined) throw new Error("three documents were accepted");
    expect(await parts.queue.document(knowledgeBase, second, call)).toMatchObject({
      error: { code: "DOCUMENT_NO_TEXT" },
    });
  });

  it("tries again what may pass and ends what does not", async () => {
    const upload = await parts.upload("A document whose embedder is away.", "retry.txt");
    const { documents } = await parts.queue.accept(knowledgeBase, [upload], call);
    const id = documents[0]?.document.id;
    if (id === undefined) throw new Error("one document was accepted");
    let failures = 2;
    const flaky = Object.create(parts.embedder, {
      embed: {
        value: async (...given: Parameters<typeof parts.embedder.embed>) => {
          if (failures-- > 0) throw new LarderError("EMBEDDER_UNAVAILABLE");
          return parts.embedder.embed(...given);
        },
      },
    }) as typeof parts.embedder;
    await whileWorking(
      async (events) => {
        await expect.poll(() => statusOf(id), { timeout: 10_000 }).toBe("ready");
        expect(events.filter(({ kind }) => kind === "released")).toHaveLength(2);
      },
      { embedder: flaky, retry: { retryDelayMsMin: 1 } },
    );
    failures = Number.POSITIVE_INFINITY;
    const other = await parts.queue.accept(knowledgeBase, [await parts.upload("Never embedded.", "never.txt")], call);
    const never = other.documents[0]?.document.id;
    if (never === undefined) throw new Error("one document was accepted");
    await whileWorking(
      async () => {
        await expect.poll(() => statusOf(never), { timeout: 10_000 }).toBe("failed");
      },
      { embedder: flaky, retry: { retryDelayMsMin: 1, attemptsMax: 3 } },
    );
    const { error } = await parts.queue.document(knowledgeBase, never, call);
    expect(error).toMatchObject({
      code: "JOB_ATTEMPTS_EXHAUSTED",
      details: { attempts: 3, lastCode: "EMBEDDER_UNAVAILABLE" },
    });
  });

  it("gives back what is in work when it stops, and another worker finishes it", async () => {
    const uploads = await Promise.all(
      Array.from({ length: 6 }, (_, i) => parts.upload(`Interrupted note ${i}.`, `i${i}.txt`)),
    );
    const { documents } = await parts.queue.accept(knowledgeBase, uploads, call);
    await whileWorking(async (_, stop) => stop());
    await whileWorking(async () => {
      for (const { document } of documents)
        await expect.poll(() => statusOf(document.id), { timeout: 10_000 }).toBe("ready");
    });
  });

  it("drops the work on a document that is deleted meanwhile", async () => {
    const { documents } = await parts.queue.accept(
      knowledgeBase,
      [await parts.upload("Soon deleted.", "gone.txt")],
      call,
    );
    const id = documents[0]?.document.id;
    if (id === undefined) throw new Error("one document was accepted");
    const slow = Object.create(parts.embedder, {
      embed: {
        value: async (...given: Parameters<typeof parts.embedder.embed>) => {
          await parts.queue.deleteDocument(knowledgeBase, id, call);
          return parts.embedder.embed(...given);
        },
      },
    }) as typeof parts.embedder;
    await whileWorking(
      async (events) => {
        await expect.poll(() => events.map(({ kind }) => kind), { timeout: 10_000 }).toEqual(["lost"]);
      },
      { embedder: slow },
    );
    expect(await parts.store.lexical.search(knowledgeBase, "soon deleted", { limit: 1 }, call)).toEqual([]);
  });
});
