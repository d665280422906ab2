import type { Call, Clock, Embedder, LeasedTask, ParsedDocument, StageStore } from "@larder/contracts";
import { decodeVectors, encodeVectors } from "./encode-vectors.ts";
import type { PreparedDocument, VectorsByText } from "./prepared-document.ts";

export interface DocumentStagesOptions {
  readonly store: StageStore;
  readonly clock: Clock;
  readonly parserId: string;
  readonly splitterId: string;
  /** Parsing that took at least this long is kept for the next attempt. @defaultValue 1000 */
  readonly parseMsMin?: number;
  /** Vectors made so far are kept this often. @defaultValue 5000 */
  readonly vectorsEveryMs?: number;
  /** Told after each stage that was kept. */
  readonly onKept?: () => void;
  /** A stage that cannot be kept costs the next attempt its time, never this one its document. */
  readonly onTrouble?: (cause: unknown) => void;
}

/** What attempts leave for the next one. */
export interface DocumentStages {
  readParsed(task: LeasedTask, call: Call): Promise<ParsedDocument | undefined>;
  keepParsed(task: LeasedTask, parsed: ParsedDocument, tookMs: number, call: Call): Promise<void>;
  readVectors(task: LeasedTask, embedder: Embedder, call: Call): Promise<VectorsByText>;
  /** Does nothing before it is time. */
  keepVectors(
    documents: readonly PreparedDocument[],
    vectors: VectorsByText,
    embedder: Embedder,
    call: Call,
  ): Promise<void>;
  /** Of a document that needs none any more. */
  remove(task: LeasedTask): Promise<void>;
}

export function createDocumentStages(options: DocumentStagesOptions): DocumentStages {
  const { store, clock, parserId, splitterId, parseMsMin = 1_000, vectorsEveryMs = 5_000 } = options;
  const { onKept = () => undefined, onTrouble = () => undefined } = options;
  const kept = new Set<string>(); // by this process; most documents leave none, and cost no look when they are done
  let lastKeptMs = clock.monotonicMs();

  const parsedKey = ({ sha256, fileName }: LeasedTask) =>
    ({ sha256, kind: "parsed", madeBy: [parserId, fileName ?? ""] }) as const;
  const vectorsKey = ({ sha256 }: LeasedTask, embedder: Embedder) =>
    ({ sha256, kind: "vectors", madeBy: [parserId, splitterId, embedder.id] }) as const;

  async function read(key: Parameters<StageStore["read"]>[0], call: Call): Promise<Uint8Array | undefined> {
    const content = await store.read(key, call);
    if (content !== undefined) kept.add(key.sha256);
    return content;
  }

  async function keep(key: Parameters<StageStore["write"]>[0], content: Uint8Array, call: Call): Promise<void> {
    try {
      await store.write(key, content, call);
      kept.add(key.sha256);
    } catch (cause) {
      if (call.signal.aborted) throw cause;
      onTrouble(cause);
      return;
    }
    onKept();
  }

  return {
    async readParsed(task, call) {
      const content = await read(parsedKey(task), call);
      return content === undefined ? undefined : (JSON.parse(Buffer.from(content).toString()) as ParsedDocument);
    },
    async keepParsed(task, parsed, tookMs, call) {
      if (tookMs >= parseMsMin) await keep(parsedKey(task), Buffer.from(JSON.stringify(parsed)), call);
    },
    async readVectors(task, embedder, call) {
      const content = await read(vectorsKey(task, embedder), call);
      return content === undefined ? new Map() : decodeVectors(content, embedder.dimensions);
    },
    async keepVectors(documents, vectors, embedder, call) {
      if (clock.monotonicMs() - lastKeptMs < vectorsEveryMs) return;
      for (const { task, texts } of documents) {
        const own = new Map(
          texts.flatMap(({ sha256 }) => {
            const vector = vectors.get(sha256);
            return vector === undefined ? [] : [[sha256, vector] as const];
          }),
        );
        if (own.size > 0) await keep(vectorsKey(task, embedder), encodeVectors(own, embedder.dimensions), call);
      }
      lastKeptMs = clock.monotonicMs();
    },
    async remove({ sha256 }) {
      if (!kept.delete(sha256)) return;
      await store.remove(sha256).catch(onTrouble);
    },
  };
}
