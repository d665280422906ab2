import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Connection } from "./connection.ts";
import { ProblemReply, send, sendForJson } from "./connection.ts";
import type { FoundFile } from "./find-files.ts";
import type { DocumentBody, DocumentErrorBody, UploadBody } from "./wire.ts";

export interface FileOutcome {
  readonly file: FoundFile;
  readonly outcome: "added" | "unchanged" | "failed";
  readonly documentId?: string;
  readonly error?: DocumentErrorBody;
  /** Once it is ready. */
  readonly made?: Pick<DocumentBody, "counts" | "timings_ms" | "duplicate_of">;
}

const uploadsAtOnce = 4; // enough to keep two tasks busy while others are sent
const waitMs = 30_000;
const emptyFileError = {
  code: "DOCUMENT_EMPTY",
  message: "The document has no bytes.",
  hint: "Send a file with content.",
};

/**
 * Uploads files and waits until each is ready or has failed. The same bytes again are `unchanged`; changed bytes under
 * the same path become a new version. Outcomes come in the order of the files.
 */
export async function ingestFiles(
  connection: Connection,
  knowledgeBaseId: string,
  files: readonly FoundFile[],
  onOutcome: (outcome: FileOutcome) => void,
  signal: AbortSignal,
): Promise<readonly FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      const file = files[i];
      if (file === undefined) return;
      signal.throwIfAborted();
      const outcome = await ingestFile(connection, knowledgeBaseId, file, signal);
      outcomes[i] = outcome;
      onOutcome(outcome);
    }
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, lane));
  return outcomes;
}

async function ingestFile(
  connection: Connection,
  knowledgeBaseId: string,
  file: FoundFile,
  signal: AbortSignal,
): Promise<FileOutcome> {
  if (file.bytes === 0) return { file, outcome: "failed", error: emptyFileError };
  try {
    const upload = await uploadPatiently(connection, knowledgeBaseId, file, signal);
    const [document] = upload.documents;
    if (document === undefined) throw new Error("an upload of one file answers with one document");
    const done = await waitForDocument(connection, knowledgeBaseId, document.id, signal);
    const documentId = document.id;
    if (done.status === "failed") {
      return { file, outcome: "failed", documentId, ...(done.error === null ? {} : { error: done.error }) };
    }
    return { file, outcome: document.duplicate_of === documentId ? "unchanged" : "added", documentId, made: done };
  } catch (thrown) {
    if (thrown instanceof ProblemReply && thrown.problem.status >= 400 && thrown.problem.status < 500) {
      const { code, title, hint = "" } = thrown.problem;
      return { file, outcome: "failed", error: { code, message: title, hint } };
    }
    throw thrown;
  }
}

async function uploadPatiently(
  connection: Connection,
  knowledgeBaseId: string,
  file: FoundFile,
  signal: AbortSignal,
): Promise<UploadBody> {
  for (;;) {
    try {
      const form = new FormData();
      form.set("external_id", pathToFileURL(file.path).href);
      form.set("metadata", JSON.stringify({ path: file.name }));
      form.set("file", await openAsBlob(file.path), basename(file.path));
      const path = `/v1/knowledge-bases/${knowledgeBaseId}/documents`;
      return await sendForJson<UploadBody>(connection, path, {
        method: "POST",
        form,
        query: { wait_ms: waitMs },
        signal,
      });
    } catch (thrown) {
      if (!(thrown instanceof ProblemReply) || thrown.problem.status !== 429) throw thrown;
      await delay(1_000, undefined, { signal }); // the queue is full: what waits there must be worked off first
    }
  }
}

async function waitForDocument(connection: Connection, knowledgeBaseId: string, id: string, signal: AbortSignal) {
  for (;;) {
    const path = `/v1/knowledge-bases/${knowledgeBaseId}/documents/${id}`;
    const response = await send(connection, path, { signal });
    const document = (await response.json()) as DocumentBody;
    if (document.status === "ready" || document.status === "failed") return document;
    await delay(200, undefined, { signal });
  }
}
