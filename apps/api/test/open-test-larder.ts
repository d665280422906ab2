import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Answer,
  AnswerEvent,
  EmbedderId,
  Evidence,
  KnowledgeBaseId,
  Question,
  Retrieval,
  RetrievalQuery,
  RoutingRecord,
} from "@larder/contracts";
import { LarderError, noFailPoint, zeroUsd } from "@larder/contracts";
import { openSourceReader } from "@larder/documents";
import { createRoutingMemory } from "@larder/generator-router";
import { summariseSavings } from "@larder/savings";
import { openBlobFiles, openSqliteStore } from "@larder/store";
import { createWebFetcher } from "@larder/web-fetcher";
import type { Larder } from "../src/larder.ts";
import { createLastingWork } from "../src/lasting-work.ts";
import { systemClock, systemIds } from "../src/system-ports.ts";

export interface TestLarder extends Larder {
  readonly folder: string;
  /** Where a router's memory is kept. */
  readonly record: RoutingRecord;
  /** Times that the worker was told of work. */
  wakes(): number;
  /** Questions that reached the answering use case. */
  questions(): number;
}

export interface TestLarderOptions {
  /** Events of one answer. @defaultValue evidence, two words, an end */
  readonly answer?: (signal: AbortSignal) => AsyncIterable<AnswerEvent>;
  /** Hosts that documents are fetched from although they are not public. */
  readonly privateHosts?: readonly string[];
  /** Told of every search and question that reaches its use case. */
  readonly onAsked?: (asked: Question | RetrievalQuery) => void;
}

/** Real SQLite and blobs on a temporary folder; nothing is embedded or generated: those ports are scripted or throw. */
export async function openTestLarder(options: TestLarderOptions = {}): Promise<TestLarder> {
  const folder = await mkdtemp(join(tmpdir(), "larder-api-"));
  const store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock: systemClock, ids: systemIds });
  const blobs = await openBlobFiles({ folder: join(folder, "blobs") });
  const sources = await openSourceReader({ stagingFolder: join(folder, "unpacking") });
  const lastingWork = createLastingWork();
  let wakes = 0;
  let questions = 0;
  let isClosed = false;
  return {
    folder,
    record: store.routing,
    wakes: () => wakes,
    questions: () => questions,
    store: store.documents,
    blobs,
    webFetcher: createWebFetcher({ privateHosts: options.privateHosts ?? [] }),
    sources,
    ledger: store.ledger,
    callIntents: store.callIntents,
    budgets: store.budgets,
    idempotency: store.idempotency,
    batchRequests: store.batchRequests,
    wakeBatches: () => undefined,
    lexical: store.lexical,
    retriever: {
      id: "test",
      async retrieve(query) {
        options.onAsked?.(query);
        return retrieval;
      },
      rank: async () => ({ pack: () => retrieval }),
    },
    router: {
      priceBook: {
        id: "empty@1",
        asOf: "2026-11-24",
        models: () => [],
        find: () => undefined,
        price: () => ({ kind: "unpriced", bucket: "inputFresh" }),
        findings: () => [],
      },
      models: () => [],
      quote: () => ({ candidates: [], priceBookId: "empty@1" }),
      quoteWithin: async () => ({ candidates: [], priceBookId: "empty@1" }),
      generate: unused,
      [Symbol.asyncDispose]: async () => undefined,
    },
    indexUpkeep: {
      audit: async () => [],
      counts: { sound: 0, damaged: 0, unsettled: 0, unavailable: 0 },
      onReport: () => undefined,
    },
    priceBookOf: unused,
    routingMemory: createRoutingMemory(),
    prober: { plan: () => ({ probes: [], costMax: zeroUsd }), run: unused },
    feedback: store.feedback,
    pastQuestions: store.pastQuestions,
    get embedder() {
      return unused();
    },
    get tokenCounter() {
      return unused();
    },
    get sentenceReader() {
      return unused();
    },
    get measuredRuns() {
      return unused();
    },
    get savings() {
      return unused();
    },
    answerPolicy: (policy) => policy,
    answerQuestion(question, { signal }) {
      options.onAsked?.(question);
      questions++;
      return options.answer?.(signal) ?? shortAnswer();
    },
    replayReceipt: unused,
    provePassage: unused,
    summariseSavings,
    clock: systemClock,
    ids: systemIds,
    health: async () => [{ name: "store", state: "ok", detail: "test" }],
    lastingWork,
    wakeWorker: () => void wakes++,
    reachFailPoint: noFailPoint,
    remakeTerms: async () => undefined,
    forgetIndex: async (_id: KnowledgeBaseId) => undefined,
    make: { embedderId: "embedder@1" as EmbedderId, parserId: "parser@1", splitterId: "splitter@1" },
    formerEmbedder: unused,
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      await lastingWork[Symbol.asyncDispose]();
      await sources[Symbol.asyncDispose]();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

function unused(): never {
  throw new LarderError("UNEXPECTED", { cause: new Error("this test gives no such part") });
}

export const evidence: Evidence = {
  passageId: "psg_0000000000000001" as Evidence["passageId"],
  passageIds: ["psg_0000000000000001" as Evidence["passageId"]],
  documentId: "doc_0000000000000001" as Evidence["documentId"],
  version: 1,
  title: "Jam",
  headings: ["Fruit", "Plums"],
  start: 0,
  end: 10,
  text: "Plums keep",
  tokens: 7,
  score: 1,
  scores: { lexical: 1 },
};

const retrieval: Retrieval = {
  evidence: [evidence],
  tokens: 7,
  confidence: 1,
  degraded: [],
  timingsMs: { embed: 0, dense: 0, lexical: 0, lateInteraction: 0, link: 0, rerank: 0, pack: 0, total: 0 },
};

export const answer: Answer = {
  text: "Plums keep [1]",
  citations: [],
  isGrounded: true,
  basis: "extractive",
  retrieval,
  route: { reason: "No model is configured.", candidates: [], attempts: [], priceBookId: "empty@1" },
};

async function* shortAnswer(): AsyncGenerator<AnswerEvent> {
  yield { kind: "evidence", evidence: [evidence] };
  yield { kind: "route", route: answer.route };
  yield { kind: "text", text: "Plums " };
  yield { kind: "text", text: "keep [1]" };
  yield { kind: "finished", answer };
}
