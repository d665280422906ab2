import type {
  BlobStore,
  Call,
  Clock,
  DocumentParser,
  Embedder,
  LeasedTask,
  ParsedDocument,
  PassageDraft,
  PassageSplitter,
  SentenceReader,
  TokenCounter,
} from "@larder/contracts";
import { contextText, LarderError } from "@larder/contracts";
import type { DocumentStages } from "./document-stages.ts";
import type { EmbeddedText, PreparedDocument } from "./prepared-document.ts";
import { sha256Of, textSha256Of } from "./text-identity.ts";

export interface TaskPorts {
  readonly blobs: BlobStore;
  readonly parser: DocumentParser;
  readonly splitter: PassageSplitter;
  readonly embedder: Embedder;
  readonly tokenCounter: TokenCounter;
  /** Reads each passage once, so that searches need not. */
  readonly sentenceReader: SentenceReader;
}

/**
 * A document version from its stored bytes to passages. What parsing made is taken from an earlier attempt's stage where
 * there is one, and kept as one where it took long.
 * @throws {@link LarderError} what the parser throws; `DOCUMENT_NO_TEXT`
 */
export async function prepareDocument(
  task: LeasedTask,
  ports: TaskPorts & { readonly clock: Clock },
  stages: DocumentStages | undefined,
  call: Call,
): Promise<PreparedDocument> {
  const { clock } = ports;
  const startedMs = clock.monotonicMs();
  const parsed = (await stages?.readParsed(task, call)) ?? (await parse(task, ports, call));
  const parsedMs = clock.monotonicMs();
  await stages?.keepParsed(task, parsed, parsedMs - startedMs, call);
  const splittingMs = clock.monotonicMs();
  const title = parsed.title ?? task.title;
  const passages = withSentences(parsed, ports.splitter.split(parsed, title), ports.sentenceReader);
  if (passages.length === 0) throw new LarderError("DOCUMENT_NO_TEXT");
  const texts = textsOf(title, passages);
  const tokens = ports.tokenCounter.count(parsed.text);
  const textSha256 = textSha256Of(parsed.text);
  const splitMs = clock.monotonicMs() - splittingMs;
  const { text, mediaType, warnings, pages } = parsed;
  const content = {
    ...{ text, mediaType, warnings, pages: pages.length, parserId: ports.parser.id, splitterId: ports.splitter.id },
    ...(parsed.title === undefined ? {} : { title: parsed.title }),
  };
  const { embedder } = ports;
  return { task, content, embedder, tokens, textSha256, passages, texts, parseMs: parsedMs - startedMs, splitMs };
}

/** What the embedder reads, one text a passage. */
export function textsOf(title: string, passages: readonly PassageDraft[]): readonly EmbeddedText[] {
  return passages.map((passage) => {
    const text = contextText(title, passage.headings, passage.text);
    return { text, sha256: sha256Of(text) };
  });
}

async function parse(task: LeasedTask, { blobs, parser }: TaskPorts, call: Call): Promise<ParsedDocument> {
  const file = await blobs.localFile(task.sha256, call);
  if (file === undefined) throw new LarderError("UNEXPECTED", { cause: "the blob of an accepted document is missing" });
  const name = task.fileName === undefined ? {} : { fileName: task.fileName };
  return parser.parse({ file, ...name, priority: task.priority }, call);
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
