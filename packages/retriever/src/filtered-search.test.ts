import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Embedder,
  EmbedderId,
  KnowledgeBaseId,
  Label,
  SearchFilter,
  SearchMode,
  StoredDocument,
} from "@larder/contracts";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  matchesFilter,
  ofDocuments,
  seededRandom,
} from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRetrieverPorts } from "../test/open-retriever-ports.ts";
import type { RetrieverPorts } from "./hybrid-retriever.ts";
import { createHybridRetriever } from "./hybrid-retriever.ts";

const dimensions = 16;
/** The first document has two passages, a thousandth of all; each of the others has a hundredth. */
const passageCounts = [2, ...new Array<number>(100).fill(20)];
const passageCount = passageCounts.reduce((sum, count) => sum + count, 0);
const embedderId = "random-16" as EmbedderId;
const random = seededRandom(7);
const randomRows = (count: number) => Float32Array.from({ length: count * dimensions }, () => random() - 0.5);
const words = ["plum", "pear", "quince", "medlar", "sloe", "damson", "rowan", "haw"];
const sentence = () => Array.from({ length: 6 }, () => words[Math.floor(random() * words.length)] ?? "plum").join(" ");
const question = "plum quince haw";
const questionVector = randomRows(1);

const embedder: Embedder = {
  id: embedderId,
  dimensions,
  textTokensMax: 1_000,
  textsPerCallMax: 64,
  embed: async () => questionVector,
  countTokens: async (texts) => texts.map((text) => text.length),
  health: () => ({ name: "embedder", state: "ok", detail: "" }),
  [Symbol.asyncDispose]: async () => undefined,
};

let folder: string;
let opened: Awaited<ReturnType<typeof openRetrieverPorts>>;
let knowledgeBaseId: KnowledgeBaseId;
const labels = new Map<Label, StoredDocument>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-filtered-"));
  // Phrases move passages among the best 200 that are allowed; brute force cannot ask for those alone.
  const lexical = { phraseWeight: 0 };
  opened = await openRetrieverPorts(folder, embedder, { lexical });
  const { documents } = opened.ports;
  knowledgeBaseId = await createKnowledgeBaseIn(documents);
  for (const [i, count] of passageCounts.entries()) {
    const finished = { vectors: randomRows(count), dimensions, embedderId };
    const upload = { metadata: { rank: i, tags: [`t${i}`] } };
    const text = Array.from({ length: count }, sentence).join("\n");
    const { id } = await addReady(documents, knowledgeBaseId, text, { upload, finished });
    const document = await documents.document(knowledgeBaseId, id, call);
    for (const label of await documents.labelsMatching(knowledgeBaseId, ofDocuments(id), call)) {
      labels.set(label, document);
    }
  }
});

afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});

/** Asks both sides for everything they have, and only then leaves out what the filter does not let through. */
function bruteForce(filter: SearchFilter): RetrieverPorts {
  const isTrueOf = (label: Label) => {
    const document = labels.get(label);
    return document !== undefined && matchesFilter(filter, document);
  };
  const best = <Hit extends { readonly label: Label }>(
    hits: readonly Hit[],
    { limit, allowed }: { readonly limit: number; readonly allowed?: ReadonlySet<Label> },
  ) => hits.filter(({ label }) => isTrueOf(label) && (allowed === undefined || allowed.has(label))).slice(0, limit);
  const all = { limit: passageCount };
  const { documents, vectors, lexical } = opened.ports;
  return {
    ...opened.ports,
    documents: {
      ...documents,
      labelsMatching: async () => new Set([...labels.keys()].filter(isTrueOf)),
    },
    vectors: {
      health: vectors.health,
      search: async (id, vector, options) => ({
        hits: best((await vectors.search(id, vector, all, call)).hits, options),
      }),
    },
    lexical: {
      search: async (id, query, options) => best(await lexical.search(id, query, all, call), options),
    },
  };
}

const rankBelow = (value: number): SearchFilter => ({
  kind: "lt",
  field: { kind: "metadata", path: ["rank"] },
  value,
});
const tag: SearchFilter = { kind: "contains", field: { kind: "metadata", path: ["tags"] }, value: "t7" };
const filters: readonly { share: string; filter: SearchFilter }[] = [
  { share: "all", filter: rankBelow(101) },
  { share: "99 %", filter: { kind: "not", filter: tag } },
  { share: "50 %", filter: rankBelow(51) },
  { share: "10 %", filter: rankBelow(11) },
  { share: "1 %", filter: tag },
  { share: "0.1 %", filter: { kind: "and", filters: [{ kind: "not", filter: tag }, rankBelow(1)] } },
  { share: "none", filter: rankBelow(0) },
];

describe.each(filters)("a filter that lets through $share of the passages", ({ filter }) => {
  it.each<SearchMode>(["hybrid", "dense", "lexical"])(
    "gives in %s mode what comparing with all of them gives",
    async (mode) => {
      const query = { knowledgeBaseId, text: question, mode, limit: 20, filter };
      const found = await createHybridRetriever(opened.ports).retrieve(query, call);
      const wanted = await createHybridRetriever(bruteForce(filter)).retrieve(query, call);
      expect(found.evidence).toEqual(wanted.evidence);
      const isAnyTrue = [...labels.values()].some((document) => matchesFilter(filter, document));
      expect(found.evidence.length > 0).toBe(isAnyTrue);
    },
  );
});
