import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchText } from "./texts.ts";

/** A folder that is removed when `use` ends. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "larder-bench-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

export async function createKnowledgeBase(fetchPath: Fetch, name: string): Promise<string> {
  const response = await fetchPath("/v1/knowledge-bases", jsonPost({ name }));
  return ((await response.json()) as { id: string }).id;
}

export function jsonPost(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

const filesPerUpload = 25;
const uploadsAtOnce = 4;

/** Sends the texts as files, as a client would, and waits until every one is ready. */
export async function ingest(fetchPath: Fetch, knowledgeBase: string, texts: readonly BenchText[]): Promise<number> {
  const groups: (readonly BenchText[])[] = [];
  for (let i = 0; i < texts.length; i += filesPerUpload) groups.push(texts.slice(i, i + filesPerUpload));
  const lane = async (): Promise<void> => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const form = new FormData();
      for (const [i, { title, text }] of group.entries())
        form.append("file", new File([`${title}\n\n${text}`], `${i}.txt`));
      const path = `/v1/knowledge-bases/${knowledgeBase}/documents?wait_ms=60000`;
      const response = await fetchPath(path, { method: "POST", body: form });
      const body = (await response.json()) as { documents?: { status: string }[] };
      if (response.status !== 202) throw new Error(`upload: ${response.status} ${JSON.stringify(body)}`);
      const unready = body.documents?.filter(({ status }) => status !== "ready") ?? [];
      if (unready.length > 0) throw new Error(`upload: ${unready.length} documents are not ready in time`);
    }
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, lane));
  const response = await fetchPath(`/v1/knowledge-bases/${knowledgeBase}`);
  return ((await response.json()) as { counts: { passages: number } }).counts.passages;
}
