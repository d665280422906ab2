import { createHash } from "node:crypto";
import type { Larder } from "@larder/api";
import type {
  BlobStore,
  Call,
  DocumentId,
  DocumentParser,
  Embedder,
  KnowledgeBaseId,
  LeasedTask,
  ParsedDocument,
  PassageSplitter,
  Upload,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { DataSet, LabelledDocument } from "@larder/evaluation";
import { processTask } from "@larder/ingestion";

export interface KnowledgeBaseOfSet {
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** The set's id of each stored document. Documents of equal bytes are one here and answer for each other. */
  readonly setIds: ReadonlyMap<DocumentId, readonly string[]>;
  readonly passages: number;
}

/** How documents of a set become passages and vectors. */
export interface SetReading {
  /** Tells the knowledge bases of one set apart. */
  readonly name: string;
  parse(document: LabelledDocument): Promise<ParsedDocument>;
  readonly splitter: PassageSplitter;
  readonly embedder: Embedder;
}

const uploadsAtOnce = 200;

/**
 * A knowledge base of the set's documents, made by the worker's own stages in this process and through the real store.
 * Only the blobs are left out: the texts are in memory.
 */
export async function buildKnowledgeBase(
  larder: Larder,
  set: DataSet,
  reading: SetReading,
  onDocument: () => void,
  call: Call,
): Promise<KnowledgeBaseOfSet> {
  const draft = { name: `${set.name}, ${reading.name}`, description: "", settings: {} };
  const { id } = await larder.store.createKnowledgeBase(draft, call);
  const setIds = new Map<DocumentId, string[]>();
  const contents = new Map<DocumentId, LabelledDocument>();
  for (let start = 0; start < set.documents.length; start += uploadsAtOnce) {
    const group = set.documents.slice(start, start + uploadsAtOnce);
    const accepted = await larder.store.accept(id, group.map(toUpload(set.kind)), call);
    for (const [i, { document }] of accepted.documents.entries()) {
      const source = group[i];
      if (source === undefined) continue;
      setIds.set(document.id, [...(setIds.get(document.id) ?? []), source.id]);
      contents.set(document.id, source);
    }
    await finishAll(larder, contents, reading, onDocument, call);
  }
  const { counts } = await larder.store.knowledgeBase(id, call);
  return { knowledgeBaseId: id, setIds, passages: counts.passages };
}

async function finishAll(
  larder: Larder,
  contents: ReadonlyMap<DocumentId, LabelledDocument>,
  reading: SetReading,
  onDocument: () => void,
  call: Call,
): Promise<void> {
  for (;;) {
    const task = await larder.store.lease({ name: "evaluation", leaseMs: 600_000 }, call);
    if (task === undefined) return;
    const document = contents.get(task.documentId);
    if (document === undefined) throw new LarderError("UNEXPECTED");
    const version = await processTask(task, portsOf(larder, reading, task, document), () => undefined, call);
    await larder.store.finish(task, version, call);
    onDocument();
  }
}

function portsOf(larder: Larder, reading: SetReading, task: LeasedTask, document: LabelledDocument) {
  const blobs: BlobStore = {
    put: async () => ({ sha256: task.sha256, bytes: task.bytes }),
    localFile: async () => document.id,
  };
  const parser: DocumentParser = {
    id: "as-given",
    parse: async () => ({ ...(await reading.parse(document)), title: document.title }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const { splitter, embedder } = reading;
  const { tokenCounter, sentenceReader } = larder;
  return { blobs, parser, splitter, embedder, tokenCounter, sentenceReader };
}

/** Gold spans belong to one document, so long documents of equal text stay apart. */
function toUpload(kind: DataSet["kind"]): (document: LabelledDocument) => Upload {
  return ({ id, title, text }) => {
    const bytes = Buffer.from(kind === "spans" ? `${id}\n${title}\n${text}` : `${title}\n${text}`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { sha256, bytes: bytes.length, title: title || "untitled", mediaType: "text/plain", metadata: {} };
  };
}
