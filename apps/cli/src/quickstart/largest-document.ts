import type { Connection } from "../connection.ts";
import { sendForJson } from "../connection.ts";
import type { DocumentBody, PageBody } from "../wire.ts";

export interface Overview {
  /** Documents that can be found. */
  readonly documents: number;
  /** Title of the one with the most text. */
  readonly largest?: string;
}

/** What a knowledge base holds, for a question that its owner has not asked yet. */
export async function overviewOf(
  connection: Connection,
  knowledgeBaseId: string,
  signal: AbortSignal,
): Promise<Overview> {
  let documents = 0;
  let largest: DocumentBody | undefined;
  let cursor: string | undefined;
  do {
    const page: PageBody<DocumentBody> = await sendForJson(
      connection,
      `/v1/knowledge-bases/${knowledgeBaseId}/documents`,
      { query: { limit: 200, cursor }, signal },
    );
    for (const document of page.data) {
      if (document.counts.tokens === 0) continue;
      documents += 1;
      if (largest === undefined || document.counts.tokens > largest.counts.tokens) largest = document;
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return { documents, ...(largest === undefined ? {} : { largest: largest.title }) };
}
