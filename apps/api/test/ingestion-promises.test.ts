import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningServer } from "../src/index.ts";
import { runServer } from "../src/index.ts";

/** What the guide promises of documents and jobs, over real HTTP, with two real worker processes. */

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-promises-"));
  server = await runServer({
    LARDER_DATA_DIR: folder,
    LARDER_PORT: "0",
    LARDER_LOG_LEVEL: "silent",
    LARDER_WORKERS: "2",
    LARDER_UPLOADS_AT_ONCE_MAX: "64",
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(`${server.url}/v1${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

const post = (value: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

interface Document {
  readonly id: string;
  readonly status: string;
  readonly sha256: string;
}

interface Accepted {
  readonly documents: readonly (Document & { readonly duplicate_of: string | null })[];
  readonly job_id: string;
}

async function makeKnowledgeBase(name: string): Promise<string> {
  return `/knowledge-bases/${(await ask<{ id: string }>("/knowledge-bases", post({ name }))).id}`;
}

function fileForm(text: string, name: string): FormData {
  const form = new FormData();
  form.set("file", new File([text], name));
  return form;
}

async function allDocuments(kb: string): Promise<readonly Document[]> {
  const documents: Document[] = [];
  let cursor = "";
  do {
    const page: { data: Document[]; next_cursor: string | null } = await ask(`${kb}/documents?limit=200${cursor}`);
    documents.push(...page.data);
    cursor = page.next_cursor === null ? "" : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor !== "");
  return documents;
}

it("makes exactly 100 documents of 100 files that are each sent five times from 50 connections", async () => {
  const kb = await makeKnowledgeBase("fifty");
  const sends = Array.from({ length: 500 }, (_, i) => (i * 37) % 100); // each file five times, far apart
  const replies: Accepted[] = [];
  let next = 0;
  const connection = async (): Promise<void> => {
    for (let i = next++; i < sends.length; i = next++) {
      const number = sends[i] ?? 0;
      const body = fileForm(`The record of station ${number} is kept at depth ${number * 7}.`, `${number}-${i}.txt`);
      replies.push(await ask<Accepted>(`${kb}/documents`, { method: "POST", body }));
    }
  };
  await Promise.all(Array.from({ length: 50 }, connection));
  expect(replies).toHaveLength(500);
  expect(replies.flatMap(({ documents }) => documents).filter((each) => each.duplicate_of === null)).toHaveLength(100);
  await expect
    .poll(async () => (await allDocuments(kb)).filter(({ status }) => status === "ready").length, { timeout: 90_000 })
    .toBe(100);
  const documents = await allDocuments(kb);
  expect(documents).toHaveLength(100);
  expect(new Set(documents.map(({ sha256 }) => sha256)).size).toBe(100);
  const { counts } = await ask<{ counts: { documents: number; passages: number } }>(kb);
  expect(counts).toMatchObject({ documents: 100, passages: 100 });
  for (const { job_id } of replies.slice(-5)) {
    expect(await ask(`/jobs/${job_id}`)).toMatchObject({ state: "succeeded", progress: 1 });
  }
});

it("makes one document of a file that is sent a thousand times", async () => {
  const kb = await makeKnowledgeBase("thousand");
  const sends = Array.from({ length: 50 }, (_, turn) => {
    const body = new FormData();
    for (let i = 0; i < 20; i += 1) {
      body.append("file", new File(["The harbour master counts the boats."], `copy-${turn}-${i}.txt`));
    }
    return ask<Accepted>(`${kb}/documents`, { method: "POST", body });
  });
  const ids = new Set((await Promise.all(sends)).flatMap(({ documents }) => documents.map((each) => each.id)));
  expect(ids.size).toBe(1);
  expect(await allDocuments(kb)).toHaveLength(1);
});

it("keeps documents apart that are nearly the same, and finds each by what it alone says", async () => {
  const kb = await makeKnowledgeBase("nearly");
  const words = ["anchor", "barrel", "candle", "dagger", "engine", "feather", "gravel", "hammer"];
  const textOf = (word: string) =>
    `The manifest of the ship lists rope, tar, salt and one ${word}, signed in the port.`;
  const form = new FormData();
  for (const word of words) form.append("file", new File([textOf(word)], `${word}.txt`));
  const sent = await ask<Accepted>(`${kb}/documents?wait_ms=60000`, { method: "POST", body: form });
  expect(sent.documents.map(({ status, duplicate_of }) => [status, duplicate_of])).toEqual(
    words.map(() => ["ready", null]),
  );
  for (const word of words) {
    const query = { query: `the manifest that lists one ${word}`, limit: 10, token_budget: 2_000 };
    const { evidence } = await ask<{ evidence: { text: string }[] }>(`${kb}/search`, post(query));
    expect(evidence[0]?.text).toContain(word);
  }
  // Other bytes that say the very same are told from another text.
  const marked = fileForm(`\uFEFF${textOf("anchor")}`, "marked.txt");
  const again = await ask<Accepted>(`${kb}/documents?wait_ms=60000`, { method: "POST", body: marked });
  const original = sent.documents[0]?.id;
  expect(await ask(`${kb}/documents/${again.documents[0]?.id}`)).toMatchObject({ duplicate_of: original });
});

it("shows a searcher the old version or the new one, never both and never neither", async () => {
  const kb = await makeKnowledgeBase("replaced");
  const textOf = (version: number) => `The lighthouse keeper's log, edition ${version}. The lamp burns.`;
  const first = await ask<Accepted>(`${kb}/documents?wait_ms=30000`, {
    method: "POST",
    body: fileForm(textOf(0), "log.txt"),
  });
  const id = first.documents[0]?.id;
  const shown: number[][] = [];
  let isOver = false;
  const searching = (async () => {
    while (!isOver) {
      const query = { query: "lighthouse keeper's log edition", limit: 10, token_budget: 2_000 };
      const { evidence } = await ask<{ evidence: { text: string }[] }>(`${kb}/search`, post(query));
      const editions = evidence.flatMap(({ text }) =>
        [...text.matchAll(/edition (\d+)/g)].map((match) => Number(match[1])),
      );
      shown.push(editions);
    }
  })();
  for (let version = 1; version <= 50; version += 1) {
    const path = `${kb}/documents/${id}?wait_ms=30000`;
    const { documents } = await ask<Accepted>(path, { method: "PUT", body: fileForm(textOf(version), "log.txt") });
    expect(documents[0]?.status).toBe("ready");
  }
  isOver = true;
  await searching;
  expect(shown.filter(({ length }) => length !== 1)).toEqual([]);
  const seen = shown.flat();
  expect(seen.length).toBeGreaterThan(10);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b)); // no older one after a newer one
});

it("names the document of a hit and of a citation, with its file", async () => {
  const kb = await makeKnowledgeBase("named");
  const body = fileForm("# The tide book\n\nThe spring tide is the highest tide of the month.", "tides.md");
  await ask<Accepted>(`${kb}/documents?wait_ms=30000`, { method: "POST", body });
  const text = { text: "The moon pulls the sea towards it twice a day.", title: "Moon" };
  await ask<Accepted>(`${kb}/documents?wait_ms=30000`, post(text));
  const found = await ask<{ evidence: object[] }>(`${kb}/search`, post({ query: "highest spring tide", limit: 5 }));
  expect(found.evidence).toContainEqual(expect.objectContaining({ title: "The tide book", file_name: "tides.md" }));
  const cited = async (question: string) =>
    (await ask<{ citations: object[] }>(`${kb}/query`, post({ question }))).citations[0];
  expect(await cited("Which tide is the highest of the month?")).toMatchObject({
    ...{ title: "The tide book", file_name: "tides.md" },
    quote: "The spring tide is the highest tide of the month.",
  });
  expect(await cited("What does the moon pull twice a day?")).toMatchObject({ title: "Moon", file_name: null });
});

it("cancels an upload, lists it, and tries one of its documents again", async () => {
  const kb = await makeKnowledgeBase("cancelled");
  const form = new FormData();
  for (let i = 0; i < 60; i++) {
    const lines = Array.from({ length: 300 }, (_, n) => `Line ${n} of report ${i} tells of tides.`).join(" ");
    form.append("file", new File([lines], `report-${i}.txt`));
  }
  const { job_id: job } = await ask<Accepted>(`${kb}/documents?priority=low`, { method: "POST", body: form });
  const cancelled = await ask<{ state: string; counts: { failed: number } }>(`/jobs/${job}/cancel`, { method: "POST" });
  expect(cancelled.state).toBe("cancelled");
  expect(cancelled.counts.failed).toBeGreaterThan(0);
  await delay(500); // whoever held one of them has heard, or hears at its end
  const listed = await ask<{ data: { id: string }[] }>("/jobs?state=cancelled");
  expect(listed.data.map(({ id }) => id)).toEqual([job]);
  const failed = (await allDocuments(kb)).filter(({ status }) => status === "failed");
  expect(failed).toHaveLength(cancelled.counts.failed);
  const retry = `${kb}/documents/${failed[0]?.id}/retry`;
  const again = await ask<Accepted>(`${retry}?wait_ms=30000&priority=high`, { method: "POST" });
  expect(again.documents).toMatchObject([{ id: failed[0]?.id, status: "ready" }]);
  const refused = await fetch(`${server.url}/v1${retry}`, { method: "POST" });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: "DOCUMENT_NOT_FAILED" });
  const document = await ask<{ timings_ms: object }>(`${kb}/documents/${failed[0]?.id}`);
  expect(Object.keys(document.timings_ms)).toEqual(["queued", "parse", "split", "embed", "publish"]);
});
