import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import { ProblemReply, sendForJson } from "./connection.ts";
import type { IngestOutcome } from "./ingest-outcome.ts";
import { factsOf } from "./render/facts.ts";
import { tellSameBytes } from "./same-bytes.ts";
import type { DocumentBody, UploadBody } from "./wire.ts";

/** Something to add: a file, or an address. */
export interface IngestItem {
  /** As people know it. */
  readonly name: string;
  /** Items of one queue are sent one after the other, such as the pages of one host. Absent: on its own. */
  readonly queue?: string;
  /** @throws {@link ProblemReply} */
  send(connection: Connection, knowledgeBaseId: string, signal: AbortSignal): Promise<UploadBody>;
}

const itemsAtOnce = 4; // enough to keep two tasks busy while others are sent
/** How long an upload is to wait for its documents. */
export const uploadWaitMs = 30_000;

/**
 * Sends items and waits until each of their documents is ready or has failed. The same bytes again are `unchanged`, or
 * a `duplicate` of another item of this run; other bytes under the same external id are `changed`. Outcomes come in the
 * order of the items. `onItem` is told before all are known, and so of no duplicates.
 */
export async function ingestItems(
  connection: Connection,
  knowledgeBaseId: string,
  items: readonly IngestItem[],
  onItem: (item: IngestItem, outcomes: readonly IngestOutcome[]) => void,
  signal: AbortSignal,
): Promise<readonly IngestOutcome[]> {
  const outcomes = new Map<IngestItem, readonly IngestOutcome[]>();
  const queues = inQueues(items);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < queues.length; i = next++) {
      for (const item of queues[i] ?? []) {
        signal.throwIfAborted();
        const found = await ingestItem(connection, knowledgeBaseId, item, signal);
        outcomes.set(item, found);
        onItem(item, found);
      }
    }
  };
  await Promise.all(Array.from({ length: itemsAtOnce }, lane));
  return tellSameBytes(items.flatMap((item) => outcomes.get(item) ?? []));
}

function inQueues(items: readonly IngestItem[]): readonly (readonly IngestItem[])[] {
  const named = new Map<string, IngestItem[]>();
  const queues: IngestItem[][] = [];
  for (const item of items) {
    const queue = item.queue === undefined ? undefined : named.get(item.queue);
    if (queue !== undefined) {
      queue.push(item);
      continue;
    }
    const fresh = [item];
    queues.push(fresh);
    if (item.queue !== undefined) named.set(item.queue, fresh);
  }
  return queues;
}

async function ingestItem(
  connection: Connection,
  knowledgeBaseId: string,
  item: IngestItem,
  signal: AbortSignal,
): Promise<readonly IngestOutcome[]> {
  try {
    const { documents } = await sendPatiently(connection, knowledgeBaseId, item, signal);
    const outcomes: IngestOutcome[] = [];
    for (const document of documents) {
      const name = documents.length === 1 ? item.name : `${item.name}/${document.file_name ?? document.id}`;
      const done = await waitForDocument(connection, knowledgeBaseId, document.id, signal);
      outcomes.push(outcomeOf(name, document, done));
    }
    return outcomes;
  } catch (thrown) {
    if (thrown instanceof ProblemReply && isOfItem(thrown)) {
      const { code, title, hint = "" } = thrown.problem;
      const error = { ...factsOf(thrown.problem), code, message: title, hint };
      return [{ name: item.name, outcome: "failed", error }];
    }
    throw thrown;
  }
}

/** Others may be added although this one was refused, or the server of its address has failed. */
function isOfItem({ problem: { status, code } }: ProblemReply): boolean {
  return (status >= 400 && status < 500) || code.startsWith("ADDRESS_");
}

type Sent = UploadBody["documents"][number];

function outcomeOf(name: string, { id, duplicate_of, external_id }: Sent, made: DocumentBody): IngestOutcome {
  const { status, error } = made;
  const document = { name, documentId: id, ...(external_id ? { externalId: external_id } : {}) };
  if (status === "failed") {
    return { ...document, outcome: "failed", isLive: made.version > 0, ...(error === null ? {} : { error }) };
  }
  return { ...document, outcome: duplicate_of === id ? "unchanged" : made.version > 1 ? "changed" : "added", made };
}

async function sendPatiently(
  connection: Connection,
  knowledgeBaseId: string,
  item: IngestItem,
  signal: AbortSignal,
): Promise<UploadBody> {
  for (;;) {
    try {
      return await item.send(connection, knowledgeBaseId, signal);
    } catch (thrown) {
      if (!(thrown instanceof ProblemReply) || thrown.problem.status !== 429) throw thrown;
      await delay(1_000, undefined, { signal }); // the queue is full: what waits there must be worked off first
    }
  }
}

async function waitForDocument(
  connection: Connection,
  knowledgeBaseId: string,
  id: string,
  signal: AbortSignal,
): Promise<DocumentBody> {
  for (;;) {
    const path = `/v1/knowledge-bases/${knowledgeBaseId}/documents/${id}`;
    const document = await sendForJson<DocumentBody>(connection, path, { signal });
    if (document.status === "ready" || document.status === "failed") return document;
    await delay(200, undefined, { signal });
  }
}
