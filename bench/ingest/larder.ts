/**
 * Ingests a folder over HTTP into a real server of its own. Arguments: folder, and `apart` for each copy in a knowledge
 * base of its own, in which no vector is there yet.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runServer } from "@larder/api";
import type { IngestResult } from "./ingest-result.ts";
import { measured } from "./ingest-result.ts";
import { copyOf } from "./salted-copies.ts";

interface DocumentRow {
  readonly id: string;
  readonly file_name: string;
  readonly status: string;
  readonly error: { readonly code: string } | null;
  readonly counts: { readonly passages: number; readonly passages_reused: number; readonly pages: number };
  readonly timings_ms: Readonly<Record<string, number>> | null;
}

const [source = "", arrangement] = process.argv.slice(2);
const filesPerUpload = 10;
const folder = await mkdtemp(join(tmpdir(), "larder-ingest-"));
const server = await runServer({ LARDER_DATA_DIR: folder, LARDER_PORT: "0", LARDER_LOG_LEVEL: "silent" });

async function ask<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(`${server.url}${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

const json = { "content-type": "application/json" };
const createBase = (name: string): Promise<{ id: string }> =>
  ask("/v1/knowledge-bases", { method: "POST", headers: json, body: JSON.stringify({ name }) });

/** Files by the name of the knowledge base that they are sent to. */
async function arrange(): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = (await readdir(source)).sort();
  const arranged = new Map<string, string[]>();
  for (const name of names) {
    const base = arrangement === "apart" ? copyOf(name) : "all";
    arranged.set(base, [...(arranged.get(base) ?? []), name]);
  }
  return arranged;
}

async function ingest(arranged: ReadonlyMap<string, readonly string[]>): Promise<IngestResult> {
  for (const [id, names] of arranged) await send(id, names);
  const waits = async (state: string): Promise<boolean> =>
    (await ask<{ data: unknown[] }>(`/v1/jobs?limit=1&state=${state}`)).data.length > 0;
  while ((await waits("queued")) || (await waits("running"))) await delay(100);
  const listed = await Promise.all([...arranged.keys()].map(async (id) => ({ id, rows: await listDocuments(id) })));
  const rows = listed.flatMap((each) => each.rows);
  let characters = 0;
  for (const { id, rows } of listed) for (const row of rows) characters += await charactersOf(id, row);
  return {
    passages: rows.reduce((sum, { counts }) => sum + counts.passages, 0),
    reused: rows.reduce((sum, { counts }) => sum + counts.passages_reused, 0),
    characters,
    failed: Object.fromEntries(
      rows.filter(({ status }) => status !== "ready").map((row) => [row.file_name, row.error?.code ?? row.status]),
    ),
    pages: Object.fromEntries(
      rows.filter(({ counts }) => counts.pages > 0).map((row) => [row.file_name, row.counts.pages]),
    ),
    steps: Object.fromEntries(
      ["parse", "split", "embed", "publish"].map((step) => [
        step,
        rows.reduce((sum, { timings_ms }) => sum + (timings_ms?.[step] ?? 0), 0) / 1_000,
      ]),
    ),
  };
}

async function send(id: string, names: readonly string[]): Promise<void> {
  for (let at = 0; at < names.length; at += filesPerUpload) {
    const form = new FormData();
    for (const name of names.slice(at, at + filesPerUpload)) {
      form.append("file", new File([await readFile(join(source, name))], name));
    }
    await ask(`/v1/knowledge-bases/${id}/documents`, { method: "POST", body: form });
  }
}

async function charactersOf(id: string, { id: document, status }: DocumentRow): Promise<number> {
  if (status !== "ready") return 0;
  return (await ask<{ text: string }>(`/v1/knowledge-bases/${id}/documents/${document}/content`)).text.length;
}

async function listDocuments(id: string): Promise<readonly DocumentRow[]> {
  const rows: DocumentRow[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: DocumentRow[]; next_cursor: string | null } = await ask(
      `/v1/knowledge-bases/${id}/documents?limit=200${after}`,
    );
    rows.push(...page.data);
    cursor = page.next_cursor;
  }
  return rows;
}

try {
  const warm = await createBase("warm-up");
  const body = JSON.stringify({ text: "The first document starts the parser." });
  await ask(`/v1/knowledge-bases/${warm.id}/documents?wait_ms=30000`, { method: "POST", headers: json, body });
  const arranged = new Map<string, readonly string[]>();
  for (const [name, files] of await arrange()) arranged.set((await createBase(name)).id, files);
  await measured(() => ingest(arranged));
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
