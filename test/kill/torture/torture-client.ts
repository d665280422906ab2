import type { TortureDocument } from "./torture-documents.ts";

export interface DocumentRow {
  readonly id: string;
  readonly sha256: string;
  readonly status: string;
  readonly error: { readonly code: string } | null;
  readonly counts: { readonly passages: number };
}

export interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly counts: { readonly documents: number; readonly ready: number; readonly failed: number };
  readonly finished_at: string | null;
}

/** What the server said; `lost` when it said nothing, which leaves open what it did. */
export interface Reply {
  readonly status: number | "lost";
  readonly documentId?: string;
}

/** A knowledge base of a running server, as its client sees it. */
export interface TortureClient {
  add(document: TortureDocument): Promise<Reply>;
  replace(id: string, document: TortureDocument): Promise<Reply>;
  remove(id: string): Promise<Reply>;
  /** Undefined: there is none. */
  document(id: string): Promise<DocumentRow | undefined>;
  documents(): Promise<readonly DocumentRow[]>;
  content(id: string): Promise<string>;
  passages(id: string): Promise<readonly string[]>;
  /** The stretches that search finds, and whether it had to do without one of its sides. */
  search(query: string): Promise<{ readonly found: readonly FoundText[]; readonly degraded: readonly string[] }>;
  jobs(state?: string): Promise<readonly JobRow[]>;
}

export interface FoundText {
  readonly document_id: string;
  readonly text: string;
  /** Offset in the document's text. */
  readonly start: number;
  readonly score: number;
  /** What it is made of, each scaled to 0 … 1; null where a side did not list the passage. */
  readonly scores: Readonly<Record<string, number | null>>;
}

export async function createKnowledgeBase(url: string, name: string): Promise<string> {
  const { id } = await askJson<{ id: string }>(`${url}/v1/knowledge-bases`, { name });
  return id;
}

export function createTortureClient(url: string, knowledgeBase: string): TortureClient {
  const base = `${url}/v1/knowledge-bases/${knowledgeBase}`;
  const send = async (path: string, method: string, document?: TortureDocument): Promise<Reply> => {
    const form = new FormData();
    if (document !== undefined) form.set("file", new File([document.bytes], document.name));
    try {
      const response = await fetch(`${base}${path}`, { method, ...(document === undefined ? {} : { body: form }) });
      const text = await response.text();
      if (response.status !== 202) return { status: response.status };
      const { documents } = JSON.parse(text) as { documents: { id: string }[] };
      const documentId = documents[0]?.id;
      return { status: 202, ...(documentId === undefined ? {} : { documentId }) };
    } catch {
      return { status: "lost" };
    }
  };
  return {
    add: (document) => send("/documents", "POST", document),
    replace: (id, document) => send(`/documents/${id}`, "PUT", document),
    remove: (id) => send(`/documents/${id}`, "DELETE"),
    async document(id) {
      const response = await fetch(`${base}/documents/${id}`);
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`document ${id}: ${response.status}`);
      return (await response.json()) as DocumentRow;
    },
    documents: () => allPages<DocumentRow>(`${base}/documents?limit=200`),
    content: async (id) => (await askJson<{ text: string }>(`${base}/documents/${id}/content`)).text,
    passages: async (id) =>
      (await allPages<{ text: string }>(`${base}/documents/${id}/passages?limit=200`)).map(({ text }) => text),
    async search(query) {
      const asked = { query, limit: 5, token_budget: 2_000 };
      const body = await askJson<{ evidence: FoundText[]; degraded: string[] }>(`${base}/search`, asked);
      return { found: body.evidence, degraded: body.degraded };
    },
    jobs: (state) =>
      allPages<JobRow>(
        `${url}/v1/jobs?limit=200&knowledge_base=${knowledgeBase}${state === undefined ? "" : `&state=${state}`}`,
      ),
  };
}

async function allPages<Row>(path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: Row[]; next_cursor: string | null } = await askJson(`${path}${query}`);
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

async function askJson<Body>(url: string, body?: unknown): Promise<Body> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, body === undefined ? {} : init);
  if (!response.ok) throw new Error(`${new URL(url).pathname}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}
