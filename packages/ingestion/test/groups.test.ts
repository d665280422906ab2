import type { DocumentId, KnowledgeBaseId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { IngestionWorkerOptions, WorkerEvent } from "../src/index.ts";
import { createIngestionWorker } from "../src/index.ts";
import { call, openParts } from "./open-parts.ts";

let parts: Awaited<ReturnType<typeof openParts>>;
let knowledgeBase: KnowledgeBaseId;

beforeAll(async () => {
  parts = await openParts();
  knowledgeBase = await parts.knowledgeBase("groups");
});
afterAll(() => parts[Symbol.asyncDispose]());

/** The real embedder, counting what reaches it. `before` may throw in its stead. */
function countingEmbedder(before: (texts: readonly string[]) => void = () => undefined) {
  const calls: (readonly string[])[] = [];
  const embedder = Object.create(parts.embedder, {
    embed: {
      value: (...given: Parameters<typeof parts.embedder.embed>) => {
        calls.push(given[0]);
        before(given[0]);
        return parts.embedder.embed(...given);
      },
    },
  }) as typeof parts.embedder;
  return { embedder, calls };
}

/** Works until each of these documents is ready or failed. */
async function work(ids: readonly DocumentId[], options: Partial<IngestionWorkerOptions> = {}) {
  const events: WorkerEvent[] = [];
  const onEvent = (event: WorkerEvent) => void events.push(event);
  const worker = createIngestionWorker({ ...parts, name: "w", pollMs: 20, onEvent, ...options });
  const abort = new AbortController();
  const running = worker.run({ signal: abort.signal });
  const isOver = async (id: DocumentId) =>
    ["ready", "failed"].includes((await parts.queue.document(knowledgeBase, id, call)).status);
  try {
    for (const id of ids) await expect.poll(() => isOver(id), { timeout: 60_000 }).toBe(true);
  } finally {
    abort.abort(new LarderError("SERVER_STOPPING"));
    await running;
  }
  return events;
}

async function accept(texts: readonly string[], name: string): Promise<readonly DocumentId[]> {
  const uploads = await Promise.all(texts.map((text, i) => parts.upload(text, `${name}${i}.md`)));
  const { documents } = await parts.queue.accept(knowledgeBase, uploads, call);
  return documents.map(({ document }) => document.id);
}

const documentOf = (id: DocumentId | undefined) => {
  if (id === undefined) throw new TypeError("The document was accepted.");
  return parts.queue.document(knowledgeBase, id, call);
};

it("embeds short documents together, and says of each where its time went", async () => {
  const ids = await accept(
    Array.from({ length: 20 }, (_, i) => `Lamp number ${i} is lit at dusk.`),
    "lamp",
  );
  const { embedder, calls } = countingEmbedder();
  await work(ids, { embedder, tasksAtOnceMax: 1 });
  expect(calls).toHaveLength(1);
  expect(calls[0]).toHaveLength(20);
  const { timingsMs, counts } = await documentOf(ids[0]);
  expect(counts).toMatchObject({ passages: 1, passagesReused: 0 });
  for (const stage of ["queued", "parse", "split", "embed", "publish"] as const) {
    expect(timingsMs?.[stage], stage).toBeGreaterThanOrEqual(0);
  }
  expect(timingsMs?.embed).toBeGreaterThan(0);
});

it("ends the one document of a group that cannot be embedded, and no other", async () => {
  const ids = await accept(["A calm note.", "A poisoned note.", "Another calm note."], "poison");
  const { embedder } = countingEmbedder((texts) => {
    if (texts.some((text) => text.includes("poisoned"))) throw new LarderError("EMBEDDER_OUTPUT_INVALID");
  });
  await work(ids, { embedder, tasksAtOnceMax: 1 });
  const states = await Promise.all(ids.map(async (id) => (await documentOf(id)).status));
  expect(states).toEqual(["ready", "failed", "ready"]);
});

it("leaves no stage of a document that failed for good", async () => {
  const held: (readonly string[])[] = [];
  const ids = await accept(["# A note\n\nOf which parsing is kept."], "hopeless");
  const { embedder } = countingEmbedder(() => {
    throw new LarderError("EMBEDDER_OUTPUT_INVALID");
  });
  const stages = Object.create(parts.stages, {
    write: {
      value: async (...given: Parameters<typeof parts.stages.write>) => {
        await parts.stages.write(...given);
        held.push(await parts.stages.held());
      },
    },
  }) as typeof parts.stages;
  await work(ids, { embedder, stages, stageParseMsMin: 0 });
  expect((await documentOf(ids[0])).status).toBe("failed");
  expect(held.map(({ length }) => length)).toEqual([1]);
  expect(await parts.stages.held()).toEqual([]);
});

it("embeds of an edited book what was edited", async () => {
  const chapter = (i: number, extra = "") =>
    `## Chapter ${i}\n\n${Array.from({ length: 12 }, (_, n) => `In chapter ${i} the keeper writes line ${n} of the log.`).join(" ")}${extra}\n`;
  const book = (edited: number) =>
    `# The book\n\n${Array.from({ length: 40 }, (_, i) => chapter(i, i === edited ? " And the lamp failed." : "")).join("\n")}`;
  const [id] = await accept([book(-1)], "book");
  if (id === undefined) throw new TypeError("One book was accepted.");
  const first = countingEmbedder();
  await work([id], { embedder: first.embedder });
  const before = await documentOf(id);
  expect(first.calls.flat()).toHaveLength(before.counts.passages);
  await parts.queue.replace(knowledgeBase, id, await parts.upload(book(17), "book0.md"), call);
  const second = countingEmbedder();
  await work([id], { embedder: second.embedder });
  const after = await documentOf(id);
  expect(after).toMatchObject({ version: 2, status: "ready" });
  expect(second.calls.flat().length).toBeGreaterThan(0);
  expect(second.calls.flat().length).toBeLessThan(5);
  expect(after.counts.passagesReused).toBe(after.counts.passages - second.calls.flat().length);
  expect(second.calls.flat().every((text) => text.includes("Chapter 17") || text.includes("Chapter 18"))).toBe(true);
});

it("goes on with what the attempt before it parsed and embedded, and leaves no stage behind", async () => {
  const text = Array.from(
    { length: 600 },
    (_, i) => `## Part ${i}\n\nSentence ${i} is about the sea and its tides.`,
  ).join("\n\n");
  const [id] = await accept([text], "long");
  if (id === undefined) throw new TypeError("One document was accepted.");
  let parses = 0;
  const parser = Object.create(parts.parser, {
    parse: {
      value: (...given: Parameters<typeof parts.parser.parse>) => {
        parses += 1;
        return parts.parser.parse(...given);
      },
    },
  }) as typeof parts.parser;
  let isFailing = true;
  const counted = countingEmbedder(() => {
    if (isFailing && counted.calls.length > 1) {
      isFailing = false;
      throw new LarderError("EMBEDDER_UNAVAILABLE");
    }
  });
  const eager = { parser, embedder: counted.embedder, stageParseMsMin: 0, stageVectorsEveryMs: 0 };
  const events = await work([id], { ...eager, retry: { retryDelayMsMin: 1 } });
  expect(events.map(({ kind }) => kind)).toEqual(["released", "finished"]);
  expect(parses).toBe(1);
  const { counts } = await documentOf(id);
  expect(counts.passages).toBeGreaterThan(512);
  expect(counts.passagesReused).toBe(256); // the first call's
  const reached = counted.calls.flat().length - (counted.calls[1]?.length ?? 0);
  expect(reached).toBe(counts.passages);
  expect(await parts.stages.held()).toEqual([]);
});

it("does not embed a text that another document has, where that is to be skipped", async () => {
  const text = "The same words in two files.";
  const [first] = await accept([text], "same");
  if (first === undefined) throw new TypeError("One document was accepted.");
  await work([first], { sameText: "skip" });
  const [second] = await accept([`${text}\n\n`], "other");
  if (second === undefined) throw new TypeError("One document was accepted.");
  const { embedder, calls } = countingEmbedder();
  await work([second], { sameText: "skip", embedder });
  expect(calls.flat()).toEqual([]);
  expect(await documentOf(second)).toMatchObject({ duplicateOf: first, status: "ready", counts: { passages: 0 } });
});

it("does not let an urgent document wait for those of a lower priority in work", async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const lanes: string[] = [];
  const slow = Object.create(parts.embedder, {
    embed: {
      value: async (...given: Parameters<typeof parts.embedder.embed>) => {
        lanes.push(given[1]);
        if (given[0].some((text) => text.includes("patient"))) await released;
        return parts.embedder.embed(...given);
      },
    },
  }) as typeof parts.embedder;
  const uploads = await Promise.all(["A", "B", "C"].map((name) => parts.upload(`A patient note ${name}.`)));
  const patient = await parts.queue.accept(
    knowledgeBase,
    uploads.map((upload) => ({ ...upload, priority: "low" as const })),
    call,
  );
  const patientIds = patient.documents.map(({ document }) => document.id);
  const worker = createIngestionWorker({ ...parts, embedder: slow, name: "w", groupTasksMax: 1 });
  const abort = new AbortController();
  const running = worker.run({ signal: abort.signal });
  try {
    await expect.poll(() => lanes, { timeout: 10_000 }).toEqual(["background", "background"]);
    const [urgent] = await accept(["An urgent note."], "urgent");
    worker.wake();
    await expect.poll(async () => (await documentOf(urgent)).status, { timeout: 10_000 }).toBe("ready");
    const states = await Promise.all(patientIds.map(async (id) => (await documentOf(id)).status));
    expect(states.filter((status) => status === "ready")).toEqual([]);
    expect(lanes).toEqual(["background", "background", "bulk"]); // the third of them had to wait
    release();
    for (const id of patientIds) {
      await expect.poll(async () => (await documentOf(id)).status, { timeout: 10_000 }).toBe("ready");
    }
  } finally {
    abort.abort();
    await running;
  }
});

it("embeds no text twice that another document of the knowledge base has", async () => {
  const paragraph = (name: string) => `## ${name}\n\n${`The ${name} of the harbour is lit at dusk. `.repeat(12)}\n\n`;
  const shared = ["lamp", "pier", "boat"].map(paragraph).join("");
  const [first] = await accept([shared], "shared");
  if (first === undefined) throw new TypeError("One document was accepted.");
  await work([first]);
  const sharing = await parts.upload(`${shared}${paragraph("crane")}`, "shared0.md"); // the same title
  const second = (await parts.queue.accept(knowledgeBase, [sharing], call)).documents[0]?.document.id;
  if (second === undefined) throw new TypeError("One document was accepted.");
  const { embedder, calls } = countingEmbedder();
  await work([second], { embedder });
  const { counts } = await documentOf(second);
  expect(calls.flat().every((text) => text.includes("crane"))).toBe(true);
  expect(calls.flat()).toHaveLength(counts.passages - counts.passagesReused);
  expect(counts.passagesReused).toBeGreaterThan(1);
});

it("aborts what is in work of a job that is cancelled", async () => {
  const upload = await parts.upload("Cancelled while it is embedded.", "cancelled.md");
  const { documents, job } = await parts.queue.accept(knowledgeBase, [upload], call);
  const id = documents[0]?.document.id;
  if (id === undefined) throw new TypeError("One document was accepted.");
  const hanging = Object.create(parts.embedder, {
    embed: {
      value: async (_texts: unknown, _lane: unknown, { signal }: { readonly signal: AbortSignal }) => {
        await parts.queue.cancelJob(job.id, call);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw signal.reason;
      },
    },
  }) as typeof parts.embedder;
  const events: WorkerEvent[] = [];
  const onEvent = (event: WorkerEvent) => void events.push(event);
  const worker = createIngestionWorker({ ...parts, embedder: hanging, name: "w", leaseMs: 300, onEvent });
  const abort = new AbortController();
  const running = worker.run({ signal: abort.signal });
  await expect.poll(() => events.map(({ kind }) => kind), { timeout: 10_000 }).toEqual(["lost"]);
  abort.abort();
  await running;
  expect(await documentOf(id)).toMatchObject({ status: "failed", error: { code: "JOB_CANCELLED" } });
});
