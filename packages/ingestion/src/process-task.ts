import type {
  BlobStore,
  Call,
  DocumentParser,
  Embedder,
  FinishedVersion,
  LeasedTask,
  ParsedDocument,
  PassageDraft,
  PassageSplitter,
  SentenceReader,
  TokenCounter,
} from "@larder/contracts";
import { contextText, LarderError } from "@larder/contracts";
import { planBatches } from "./plan-batches.ts";

export interface TaskPorts {
  readonly blobs: BlobStore;
  readonly parser: DocumentParser;
  readonly splitter: PassageSplitter;
  readonly embedder: Embedder;
  readonly tokenCounter: TokenCounter;
  /** Reads each passage once, so that searches need not. */
  readonly sentenceReader: SentenceReader;
}

/** Called at each step of a task. `progress` is 0 … 1 over the whole task and never falls. */
export type ReportProgress = (status: "parsing" | "embedding", progress: number) => void;

const parsedProgress = 0.1; // share of a task that parsing stands for; chosen arbitrarily

/**
 * One document version from its stored bytes to everything that makes it ready. Writes nothing: whoever calls hands the
 * result to the queue, which publishes it in one transaction.
 * @throws {@link LarderError} what the parser and the embedder throw; `DOCUMENT_NO_TEXT`
 */
export async function processTask(
  task: LeasedTask,
  ports: TaskPorts,
  report: ReportProgress,
  call: Call,
): Promise<FinishedVersion> {
  report("parsing", 0);
  const file = await ports.blobs.localFile(task.sha256, call);
  if (file === undefined) throw new LarderError("UNEXPECTED", { cause: "the blob of an accepted document is missing" });
  const name = task.fileName === undefined ? {} : { fileName: task.fileName };
  const parsed = await ports.parser.parse({ file, ...name }, call);
  const drafts = ports.splitter.split(parsed);
  const passages = withSentences(parsed, drafts, ports.sentenceReader);
  if (passages.length === 0) throw new LarderError("DOCUMENT_NO_TEXT");
  report("embedding", parsedProgress);
  const title = parsed.title ?? task.title;
  const vectors = await embedPassages(title, passages, ports.embedder, report, call);
  return { ...describe(parsed, ports), passages, vectors };
}

/** Reads each passage, and marks what stands in the document's blocks of code. */
function withSentences(
  { blocks }: ParsedDocument,
  drafts: readonly PassageDraft[],
  reader: SentenceReader,
): readonly PassageDraft[] {
  const code = blocks.filter(({ kind }) => kind === "code");
  let next = 0; // both are in order
  const isCode = (offset: number): boolean => {
    while (next < code.length && (code[next]?.end ?? 0) <= offset) next += 1;
    return (code[next]?.start ?? Number.POSITIVE_INFINITY) <= offset;
  };
  return drafts.map((draft) => ({
    ...draft,
    sentences: reader
      .read(draft.text)
      .map((sentence) => (isCode(draft.start + sentence.start) ? { ...sentence, isCode: true as const } : sentence)),
  }));
}

async function embedPassages(
  title: string,
  passages: readonly PassageDraft[],
  embedder: Embedder,
  report: ReportProgress,
  call: Call,
): Promise<Float32Array> {
  const vectors = new Float32Array(passages.length * embedder.dimensions);
  for (const { start, end } of planBatches(passages.length, embedder.textsPerCallMax)) {
    const texts = passages.slice(start, end).map((passage) => contextText(title, passage.headings, passage.text));
    vectors.set(await embedder.embed(texts, "bulk", call), start * embedder.dimensions);
    report("embedding", parsedProgress + (1 - parsedProgress) * (end / passages.length));
  }
  return vectors;
}

function describe(parsed: ParsedDocument, ports: TaskPorts): Omit<FinishedVersion, "passages" | "vectors"> {
  return {
    text: parsed.text,
    ...(parsed.title === undefined ? {} : { title: parsed.title }),
    mediaType: parsed.mediaType,
    pages: parsed.pages.length,
    tokens: ports.tokenCounter.count(parsed.text),
    warnings: parsed.warnings,
    dimensions: ports.embedder.dimensions,
    embedderId: ports.embedder.id,
    parserId: ports.parser.id,
    splitterId: ports.splitter.id,
  };
}
