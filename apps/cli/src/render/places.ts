import type { Connection } from "../connection.ts";
import { sendForJson } from "../connection.ts";
import type { AnswerBody, DocumentBody } from "../wire.ts";

/** Where a citation stands, for a reader who opens the file. */
export interface Place {
  readonly file: string;
  readonly heading?: string;
  /** From 1, in the extracted text. */
  readonly line: number;
  readonly page?: number;
}

/** The place of each citation by `document_id:start`. Reads each cited document's text once. */
export async function findPlaces(
  connection: Connection,
  knowledgeBaseId: string,
  answer: AnswerBody,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  for (const documentId of new Set(answer.citations.map((citation) => citation.document_id))) {
    const path = `/v1/knowledge-bases/${knowledgeBaseId}/documents/${documentId}`;
    const document = await sendForJson<DocumentBody>(connection, path, { signal });
    const { text } = await sendForJson<{ text: string }>(connection, `${path}/content`, { signal });
    for (const citation of answer.citations) {
      if (citation.document_id !== documentId) continue;
      const evidence = answer.evidence[citation.marker - 1];
      places.set(`${documentId}:${citation.start}`, {
        file: fileOf(document),
        line: lineAt(text, citation.start),
        ...(evidence?.heading ? { heading: evidence.heading } : {}),
        ...(evidence?.page ? { page: evidence.page } : {}),
      });
    }
  }
  return places;
}

function fileOf(document: DocumentBody): string {
  const { path } = document.metadata;
  return typeof path === "string" ? path : (document.file_name ?? document.title);
}

/** Line of a UTF-16 offset, from 1. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < offset; i = text.indexOf("\n", i + 1)) line += 1;
  return line;
}
