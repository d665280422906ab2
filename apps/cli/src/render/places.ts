import type { Connection } from "../connection.ts";
import { sendForJson } from "../connection.ts";
import type { AnswerBody, CitationBody, DocumentBody } from "../wire.ts";

/** Where a citation stands, for a reader who opens the file. */
export interface Place {
  readonly file: string;
  readonly heading?: string;
  readonly page?: number;
  /** From 1. Only for files whose extracted text is the file itself: a line of an HTML page's text is no line of the page. */
  readonly line?: number;
}

const ownTextTypes = new Set(["text/plain", "text/markdown"]);

/** The place of each citation. Reads each cited document once, and its text where that tells a line. */
export async function findPlaces(
  connection: Connection,
  knowledgeBaseId: string,
  answer: AnswerBody,
  signal: AbortSignal,
): Promise<ReadonlyMap<CitationBody, Place>> {
  const places = new Map<CitationBody, Place>();
  for (const documentId of new Set(answer.citations.map((citation) => citation.document_id))) {
    const path = `/v1/knowledge-bases/${knowledgeBaseId}/documents/${documentId}`;
    const document = await sendForJson<DocumentBody>(connection, path, { signal });
    const text = ownTextTypes.has(document.media_type)
      ? (await sendForJson<{ text: string }>(connection, `${path}/content`, { signal })).text
      : undefined;
    for (const citation of answer.citations) {
      if (citation.document_id !== documentId) continue;
      places.set(citation, {
        file: fileOf(document),
        ...(citation.heading === null ? {} : { heading: citation.heading }),
        ...(citation.page === null ? {} : { page: citation.page }),
        ...(text === undefined ? {} : { line: lineAt(text, citation.start) }),
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
