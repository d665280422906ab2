import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import type { Connection } from "./connection.ts";
import { ProblemReply, sendForJson } from "./connection.ts";
import type { FoundFile } from "./find-files.ts";
import type { IngestItem } from "./ingest-items.ts";
import { uploadWaitMs } from "./ingest-items.ts";
import type { UploadBody } from "./wire.ts";

/** What names a file in a knowledge base: the same one again is a new version. */
export function externalIdOfFile(path: string): string {
  return pathToFileURL(path).href;
}

/** A file as it is when its turn comes. */
export function fileItem(file: FoundFile): IngestItem {
  return { name: file.name, send: (connection, id, signal) => sendFile(connection, id, file, signal) };
}

async function sendFile(
  connection: Connection,
  knowledgeBaseId: string,
  { path, name, bytes }: FoundFile,
  signal: AbortSignal,
): Promise<UploadBody> {
  if (bytes === 0) throw emptyFile();
  const form = new FormData();
  form.set("external_id", externalIdOfFile(path));
  form.set("metadata", JSON.stringify({ path: name }));
  form.set("file", await openAsBlob(path), basename(path));
  return await sendForJson<UploadBody>(connection, `/v1/knowledge-bases/${knowledgeBaseId}/documents`, {
    method: "POST",
    form,
    query: { wait_ms: uploadWaitMs },
    signal,
  });
}

function emptyFile(): ProblemReply {
  const title = "The document has no bytes.";
  return new ProblemReply({ code: "DOCUMENT_EMPTY", title, status: 400, hint: "Send a file with content." });
}
