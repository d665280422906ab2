import { fileURLToPath } from "node:url";
import type { Connection } from "./connection.ts";
import { ProblemReply, send, sendForJson } from "./connection.ts";
import { externalIdOfFile } from "./file-item.ts";
import type { DocumentBody, PageBody } from "./wire.ts";

/** External ids of files that were below one of the roots and are not among `paths`. */
export async function idsOfGoneFiles(
  connection: Connection,
  knowledgeBaseId: string,
  { roots, paths }: { readonly roots: readonly string[]; readonly paths: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const gone: string[] = [];
  const rootIds = roots.map(externalIdOfFile);
  for await (const document of allDocuments(connection, knowledgeBaseId, signal)) {
    for (const id of document.external_ids ?? []) {
      const isBelow = rootIds.some((root) => id === root || id.startsWith(`${root}/`) || id.startsWith(`${root}!/`));
      if (isBelow && !possiblePaths(id).some((path) => paths.has(path))) gone.push(id);
    }
  }
  return gone;
}

/** Files that an external id may be of: the file itself, or an archive whose entry stands behind `!/`. */
function possiblePaths(externalId: string): readonly string[] {
  const urls = [externalId];
  for (let at = externalId.indexOf("!/"); at >= 0; at = externalId.indexOf("!/", at + 1)) {
    urls.push(externalId.slice(0, at));
  }
  return urls.flatMap((url) => {
    try {
      return [fileURLToPath(url)];
    } catch {
      return []; // the path inside an archive may be no part of an address
    }
  });
}

async function* allDocuments(
  connection: Connection,
  knowledgeBaseId: string,
  signal: AbortSignal,
): AsyncGenerator<DocumentBody> {
  let cursor: string | undefined;
  do {
    const path = `/v1/knowledge-bases/${knowledgeBaseId}/documents`;
    const page: PageBody<DocumentBody> = await sendForJson(connection, path, { query: { limit: 200, cursor }, signal });
    yield* page.data;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/**
 * Deletes what was sent under an external id; a document that others have as well stays for them. One that is gone
 * already is no problem: that is what was wanted.
 */
export async function deleteExternalId(
  connection: Connection,
  knowledgeBaseId: string,
  externalId: string,
  signal: AbortSignal,
): Promise<void> {
  const query = { external_id: externalId };
  try {
    await send(connection, `/v1/knowledge-bases/${knowledgeBaseId}/documents`, { method: "DELETE", query, signal });
  } catch (thrown) {
    if (!(thrown instanceof ProblemReply) || thrown.problem.status !== 404) throw thrown;
  }
}
