import type { Connection } from "./connection.ts";
import { ProblemReply, sendForJson } from "./connection.ts";
import type { KnowledgeBaseBody, PageBody } from "./wire.ts";

/** The knowledge base of this name, or `undefined`. */
async function findKnowledgeBase(
  connection: Connection,
  name: string,
  signal: AbortSignal,
): Promise<KnowledgeBaseBody | undefined> {
  let cursor: string | undefined;
  do {
    const page: PageBody<KnowledgeBaseBody> = await sendForJson(connection, "/v1/knowledge-bases", {
      query: { limit: 200, cursor },
      signal,
    });
    const found = page.data.find((knowledgeBase) => knowledgeBase.name === name || knowledgeBase.id === name);
    if (found !== undefined) return found;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}

/** @throws {@link ProblemReply} `KNOWLEDGE_BASE_NOT_FOUND` with the command that makes it */
export async function requireKnowledgeBase(connection: Connection, name: string, signal: AbortSignal) {
  const found = await findKnowledgeBase(connection, name, signal);
  if (found !== undefined) return found;
  throw new ProblemReply({
    code: "KNOWLEDGE_BASE_NOT_FOUND",
    title: `There is no knowledge base named "${name}".`,
    status: 404,
    hint: `Make it with: larder ingest <folder> --kb ${name}`,
  });
}

export async function ensureKnowledgeBase(connection: Connection, name: string, signal: AbortSignal) {
  const found = await findKnowledgeBase(connection, name, signal);
  if (found !== undefined) return found;
  return sendForJson<KnowledgeBaseBody>(connection, "/v1/knowledge-bases", { method: "POST", json: { name }, signal });
}
