import type { Connection } from "./connection.ts";
import { ProblemReply, sendForJson } from "./connection.ts";
import type { KnowledgeBaseBody, PageBody } from "./wire.ts";

/** What `ingest` fills when no name is given, and what is asked first. */
export const defaultKnowledgeBase = "default";

async function* knowledgeBases(connection: Connection, signal: AbortSignal): AsyncGenerator<KnowledgeBaseBody> {
  let cursor: string | undefined;
  do {
    const page: PageBody<KnowledgeBaseBody> = await sendForJson(connection, "/v1/knowledge-bases", {
      query: { limit: 200, cursor },
      signal,
    });
    yield* page.data;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/** All of them, oldest first. */
export async function listKnowledgeBases(connection: Connection, signal: AbortSignal): Promise<KnowledgeBaseBody[]> {
  const all: KnowledgeBaseBody[] = [];
  for await (const one of knowledgeBases(connection, signal)) all.push(one);
  return all;
}

/** The knowledge base of this name or id, or `undefined`. */
async function findKnowledgeBase(connection: Connection, name: string, signal: AbortSignal) {
  for await (const one of knowledgeBases(connection, signal)) if (one.name === name || one.id === name) return one;
  return undefined;
}

/**
 * The knowledge base that is meant: of that name; without one, "default" or the only one there is.
 * @throws {@link ProblemReply} `KNOWLEDGE_BASE_NOT_FOUND` with the command that makes it, or with the names to choose from
 */
export async function requireKnowledgeBase(connection: Connection, name: string | undefined, signal: AbortSignal) {
  if (name === undefined) return requireObvious(connection, signal);
  const found = await findKnowledgeBase(connection, name, signal);
  if (found !== undefined) return found;
  throw notFound(`There is no knowledge base named "${name}".`, `Make it with: larder ingest <folder> --kb "${name}"`);
}

const namesMax = 10;

async function requireObvious(connection: Connection, signal: AbortSignal): Promise<KnowledgeBaseBody> {
  const all: KnowledgeBaseBody[] = [];
  for await (const one of knowledgeBases(connection, signal)) {
    if (one.name === defaultKnowledgeBase) return one;
    all.push(one);
  }
  const [only, another] = all;
  if (only === undefined) throw notFound("There is no knowledge base yet.", "Make one with: larder ingest <folder>");
  if (another === undefined) return only;
  const names = all.slice(0, namesMax).map((one) => `"${one.name}"`);
  const more = all.length > namesMax ? ` and ${all.length - namesMax} more` : "";
  throw notFound("There are several knowledge bases.", `Name one with --kb: ${names.join(", ")}${more}`);
}

function notFound(title: string, hint: string): ProblemReply {
  return new ProblemReply({ code: "KNOWLEDGE_BASE_NOT_FOUND", title, status: 404, hint });
}

export async function ensureKnowledgeBase(connection: Connection, name: string, signal: AbortSignal) {
  const found = await findKnowledgeBase(connection, name, signal);
  if (found !== undefined) return found;
  return sendForJson<KnowledgeBaseBody>(connection, "/v1/knowledge-bases", { method: "POST", json: { name }, signal });
}
