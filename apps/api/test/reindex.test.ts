import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Embedder, EmbedderId, KnowledgeBaseId } from "@larder/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import type { InProcessLarder } from "../src/open-in-process.ts";
import { openInProcess } from "../src/open-in-process.ts";

const replySchema = z.looseObject({
  id: z.string().default(""),
  embedder: z.string().nullable().default(null),
  generation: z.number().default(0),
  reindexing: z.looseObject({ documents_left: z.number() }).nullable().default(null),
  counts: z.looseObject({ passages: z.number().default(0) }).default({ passages: 0 }),
  job: z.looseObject({ id: z.string() }).nullable().default(null),
  state: z.string().default(""),
  documents: z.array(z.looseObject({ id: z.string() })).default([]),
  degraded: z.array(z.string()).default([]),
  evidence: z
    .array(
      z.looseObject({
        passage_ids: z.array(z.string()),
        text: z.string(),
        scores: z.looseObject({ dense: z.number().nullable() }),
      }),
    )
    .default([]),
  data: z.array(z.looseObject({ id: z.string() })).default([]),
});

let folder: string;
let larder: InProcessLarder;
let kb: string;
let embedded: string[];

/** Counts what reaches the model as passages. */
const countTexts = (embedder: Embedder): Embedder => ({
  ...embedder,
  embed(texts, lane, call) {
    if (lane !== "query") embedded.push(...texts);
    return embedder.embed(texts, lane, call);
  },
});

async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  embedded = [];
  larder = await openInProcess(
    { LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1", LARDER_REINDEX_REMAINS_MS: "0", ...more },
    { decorateEmbedder: countTexts },
  );
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-reindex-"));
  await open();
  kb = (await post("/v1/knowledge-bases", { name: "pantry" })).id;
});
afterEach(async () => {
  await larder.close();
  await rm(folder, { recursive: true, force: true });
});

async function send(method: string, path: string, body?: unknown) {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  const response = await larder.fetch(new Request(`http://localhost${path}`, { method, ...sent }));
  expect(response.status).toBeLessThan(300);
  return replySchema.parse(response.status === 204 ? {} : await response.json());
}
const get = (path: string) => send("GET", path);
const post = (path: string, body: unknown) => send("POST", path, body);
const add = async (text: string, more: Record<string, unknown> = {}) =>
  (await post(`/v1/knowledge-bases/${kb}/documents?wait_ms=60000`, { text, title: "Note", ...more })).documents[0]?.id;
const search = (query = "plums") => post(`/v1/knowledge-bases/${kb}/search`, { query, limit: 50 });
const passageIdsOf = ({ evidence }: Awaited<ReturnType<typeof search>>) =>
  evidence.flatMap(({ passage_ids }) => passage_ids);
const knowledgeBase = () => get(`/v1/knowledge-bases/${kb}`);

async function untilMade(generation: number): Promise<void> {
  for (;;) {
    const now = await knowledgeBase();
    if (now.generation === generation && now.reindexing === null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const paragraph = (about: string, i: number) =>
  `${about} ${i} tells how plums are kept. ${`Jar ${i} stands on shelf ${i} and is cool and dry. `.repeat(6)}`;
const long = Array.from({ length: 8 }, (_, i) => paragraph("Chapter", i)).join("\n\n");
const smaller = { LARDER_PASSAGE_TOKENS_TARGET: "60", LARDER_PASSAGE_TOKENS_MAX: "120" };

async function searchWhile(work: Promise<void>) {
  const seen: Awaited<ReturnType<typeof search>>[] = [];
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  while (!isOver) seen.push(await search());
  await ended;
  return seen;
}

it("cuts documents anew beside the passages that are searched, and embeds only what changed", async () => {
  for (let i = 0; i < 6; i++) await add(`Short note ${i} about plums.`);
  await add(long);
  const before = new Set(passageIdsOf(await search()));
  await larder.close();
  await open({ ...smaller, LARDER_REINDEX: "manual" });
  await larder.close();
  await open(smaller); // begins by itself
  const seen = await searchWhile(untilMade(2));
  const after = new Set(passageIdsOf(await search()));
  expect(after.size).toBeGreaterThan(before.size);
  expect([...after].filter((id) => before.has(id))).toEqual([]);
  for (const reply of seen) {
    const { degraded } = reply;
    const ids = passageIdsOf(reply);
    const isOfOne = ids.every((id) => before.has(id)) || ids.every((id) => after.has(id));
    expect({ isOfOne, isEmpty: ids.length === 0, degraded }).toEqual({ isOfOne: true, isEmpty: false, degraded: [] });
  }
  expect(embedded.filter((text) => text.includes("Short note"))).toEqual([]);
  expect(embedded.length).toBe((await knowledgeBase()).counts.passages - 6);
});

it("goes over to a model of other dimensions, with what came and went meanwhile", async () => {
  const ids: (string | undefined)[] = [];
  for (let i = 0; i < 12; i++) ids.push(await add(`Note ${i} about plums.`));
  const former = (await knowledgeBase()).embedder;
  await larder.close();
  await open({ LARDER_EMBEDDING_DIMENSIONS: "128", LARDER_REINDEX: "manual" });
  const asBefore = await search();
  expect(asBefore.degraded).toEqual([]); // by the former model, opened beside the new one
  expect(asBefore.evidence.every(({ scores }) => scores.dense !== null)).toBe(true);
  const { job } = await post(`/v1/knowledge-bases/${kb}/reindex`, {});
  expect((await get(`/v1/jobs/${job?.id}`)).id).toBe(job?.id);
  const changes = async () => {
    await send("DELETE", `/v1/knowledge-bases/${kb}/documents/${ids[0]}`);
    await add("A late note about plums.", { external_id: "late" });
    await untilMade(2);
  };
  for (const { evidence, degraded } of await searchWhile(changes())) {
    expect(degraded).toEqual([]);
    expect(evidence.length).toBeGreaterThanOrEqual(11);
  }
  const texts = (await search()).evidence.map(({ text }) => text).toSorted();
  expect(texts).toHaveLength(12);
  expect(texts).toContain("A late note about plums.");
  expect(texts).not.toContain("Note 0 about plums.");
  const { embedder } = await knowledgeBase();
  expect([former?.endsWith("/128"), embedder?.endsWith("/128")]).toEqual([false, true]);
  expect((await get(`/v1/jobs/${job?.id}`)).state).toBe("succeeded");
  expect((await post(`/v1/knowledge-bases/${kb}/reindex`, {})).job).toBeNull();
});

it("keeps what was made of a document that cannot be read any more, and does not begin again for it", async () => {
  const id = await add(long);
  await add("A short note about plums.");
  await larder.close();
  const limited = { ...smaller, LARDER_PARSE_TEXT_CHARACTERS_MAX: "500" };
  await open(limited);
  await untilMade(2);
  const path = `/v1/knowledge-bases/${kb}/documents/${id}`;
  expect(await get(path)).toMatchObject({
    status: "ready",
    version: 2,
    warnings: [{ code: "kept_as_it_was", message: expect.stringMatching(/\([A-Z_]+\)/) }],
  });
  expect((await search("Chapter 7")).evidence[0]?.text).toContain("Chapter 7");
  expect(embedded).toEqual([]); // no text of the two changed
  await larder.close();
  await open(limited);
  const { make } = larder.larder;
  const call = { signal: AbortSignal.timeout(60_000) };
  expect(await larder.larder.store.isMadeOtherwise((await knowledgeBase()).id as KnowledgeBaseId, make, call)).toBe(
    false,
  );
});

it("searches by words, and says why, while nobody can open the former model", async () => {
  await add("Plums are kept in jars.");
  const id = (await knowledgeBase()).embedder as EmbedderId;
  const signal = AbortSignal.timeout(60_000);
  await larder.close();
  await open({ LARDER_EMBEDDING_DIMENSIONS: "128", LARDER_REINDEX: "manual" });
  await larder.larder.store.rememberEmbedder({ id, model: "nobody/nothing", settings: {} }, { signal });
  const { evidence, degraded } = await search();
  expect(evidence).toHaveLength(1);
  expect(degraded).toMatchObject([expect.stringContaining("another model, which cannot be opened")]);
  expect(evidence.every(({ scores }) => scores.dense === null)).toBe(true);
  await post(`/v1/knowledge-bases/${kb}/reindex`, {});
  await untilMade(2);
  expect((await search()).degraded).toEqual([]);
});
