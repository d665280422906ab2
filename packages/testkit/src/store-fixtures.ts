import { createHash } from "node:crypto";
import type {
  Call,
  DocumentId,
  DocumentStore,
  EmbedderId,
  FinishedVersion,
  KnowledgeBaseId,
  LeasedTask,
  SearchFilter,
  Upload,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export const testCall: Call = { signal: new AbortController().signal };

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The upload of a text; the same text gives the same bytes. */
export function uploadOf(text: string, more: Partial<Upload> = {}): Upload {
  const bytes = Buffer.byteLength(text);
  return { sha256: sha256Of(text), bytes, title: "A title", mediaType: "text/plain", metadata: {}, ...more };
}

/** What a worker would make of `text`: one passage a line, each with a unit vector of three dimensions of its own. */
export function finishedOf(text: string, more: Partial<FinishedVersion> = {}): FinishedVersion {
  const lines = text.split("\n");
  const passages = lines.map((line, i) => {
    const start = lines.slice(0, i).reduce((sum, before) => sum + before.length + 1, 0);
    const lead = i === 0 ? "" : "\n";
    return {
      text: line,
      start,
      end: start + line.length,
      lead,
      headings: ["Top", `Line ${i}`],
      tokens: 2,
      page: i + 1,
    };
  });
  const vectors = Float32Array.from(passages.flatMap((_, i) => [Math.cos(i + 1), Math.sin(i + 1), 0]));
  return {
    text,
    mediaType: "text/plain",
    pages: lines.length,
    tokens: 3 * lines.length,
    warnings: [],
    passages,
    vectors,
    dimensions: 3,
    embedderId: "embedder@1" as EmbedderId,
    parserId: "parser@1",
    splitterId: "splitter@1",
    ...more,
  };
}

export async function createKnowledgeBaseIn(store: DocumentStore, name = "notes"): Promise<KnowledgeBaseId> {
  return (await store.createKnowledgeBase({ name, description: "", settings: {} }, testCall)).id;
}

export async function leaseOf(store: DocumentStore, leaseMs = 60_000): Promise<LeasedTask> {
  const task = await store.lease({ name: "worker", leaseMs }, testCall);
  if (task === undefined) throw new LarderError("UNEXPECTED", { cause: "No task waits." });
  return task;
}

/** Takes in a text and makes it ready. The queue must be empty. */
export async function addReady(
  store: DocumentStore,
  knowledgeBaseId: KnowledgeBaseId,
  text: string,
  more: { readonly upload?: Partial<Upload>; readonly finished?: Partial<FinishedVersion> } = {},
) {
  const accepted = await store.accept(knowledgeBaseId, [uploadOf(text, more.upload)], testCall);
  const isFinished = await store.finish(await leaseOf(store), finishedOf(text, more.finished), testCall);
  const document = accepted.documents[0]?.document;
  if (!isFinished || document === undefined) throw new LarderError("UNEXPECTED", { cause: "Nothing was added." });
  return { id: document.id, job: accepted.job };
}

/** The filter that lets through these documents and no others. */
export function ofDocuments(...ids: readonly DocumentId[]): SearchFilter {
  return { kind: "in", field: { kind: "document", fact: "id" }, values: ids };
}
