import { createHash } from "node:crypto";
import type { Larder } from "@larder/api";
import type { Call, DocumentId, FinishedVersion, KnowledgeBaseId, LeasedTask } from "@larder/contracts";
import type { DataSet, LabelledDocument } from "@larder/evaluation";
import { contextText } from "@larder/ingestion";

export interface EvaluationBase {
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** The set's id of each stored document. Documents of equal bytes are one here and answer for each other. */
  readonly setIds: ReadonlyMap<DocumentId, readonly string[]>;
}

const uploadsAtOnce = 200;

/**
 * A knowledge base of the set's documents, each one passage as the set gives it, through the real store, embedder and
 * indexes. Parser and splitter are left out: what is measured is the search.
 */
export async function buildEvaluationBase(
  larder: Larder,
  set: DataSet,
  onProgress: (done: number, total: number) => void,
  call: Call,
): Promise<EvaluationBase> {
  const draft = { name: `eval-${set.name}`, description: "", settings: {} };
  const { id } = await larder.store.createKnowledgeBase(draft, call);
  const setIds = new Map<DocumentId, string[]>();
  const contents = new Map<DocumentId, LabelledDocument>();
  for (let start = 0; start < set.documents.length; start += uploadsAtOnce) {
    const group = set.documents.slice(start, start + uploadsAtOnce);
    const accepted = await larder.store.accept(id, group.map(toUpload), call);
    for (const [i, { document }] of accepted.documents.entries()) {
      const source = group[i];
      if (source === undefined) continue;
      setIds.set(document.id, [...(setIds.get(document.id) ?? []), source.id]);
      contents.set(document.id, source);
    }
    await finishAll(larder, contents, call);
    onProgress(Math.min(start + uploadsAtOnce, set.documents.length), set.documents.length);
  }
  return { knowledgeBaseId: id, setIds };
}

function toUpload(document: LabelledDocument) {
  const text = textOf(document);
  const bytes = Buffer.from(`${document.title}\n${text}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { sha256, bytes: bytes.length, title: document.title || "untitled", mediaType: "text/plain", metadata: {} };
}

/** A document of a title alone is found by it. */
function textOf({ title, text }: LabelledDocument): string {
  return text.trim() === "" ? title : text;
}

async function finishAll(larder: Larder, contents: ReadonlyMap<DocumentId, LabelledDocument>, call: Call) {
  const tasks: LeasedTask[] = [];
  for (;;) {
    const task = await larder.store.lease({ name: "evaluation", leaseMs: 600_000 }, call);
    if (task === undefined) break;
    tasks.push(task);
  }
  const documents = tasks.map((task) => contents.get(task.documentId) ?? { id: "", title: "", text: "" });
  const texts = documents.map((document) => contextText(document.title, [], textOf(document)));
  const vectors = await larder.embedder.embed(texts, "bulk", call);
  const { dimensions } = larder.embedder;
  for (const [i, task] of tasks.entries()) {
    const document = documents[i];
    if (document === undefined) continue;
    await larder.store.finish(
      task,
      toVersion(larder, document, vectors.slice(i * dimensions, (i + 1) * dimensions)),
      call,
    );
  }
}

function toVersion(larder: Larder, document: LabelledDocument, vectors: Float32Array): FinishedVersion {
  const text = textOf(document);
  const tokens = larder.tokenCounter.count(text);
  return {
    text,
    title: document.title,
    mediaType: "text/plain",
    pages: 0,
    tokens,
    warnings: [],
    passages: [{ text, start: 0, end: text.length, lead: "", headings: [], tokens }],
    vectors,
    dimensions: larder.embedder.dimensions,
    embedderId: larder.embedder.id,
    parserId: "as-given",
    splitterId: "whole-document",
  };
}
