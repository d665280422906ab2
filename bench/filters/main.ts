import { join } from "node:path";
import type { EmbedderId, KnowledgeBaseId, Label, SearchFilter } from "@larder/contracts";
import { openSqliteStore } from "@larder/store";
import {
  addReady,
  clusteredVectors,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  seededRandom,
} from "@larder/testkit";
import { createFollowedIndex, openVectorIndex } from "@larder/vector-index";
import { withFolder } from "../smoke/larder-parts.ts";
import { quantile } from "../smoke/times.ts";

/**
 * What a filter costs in a knowledge base of 100,000 passages: the query that gives the labels, and both searches with
 * them. `npm run bench:filters -- <documents> <passages of each>`. Texts and metadata are made from one seed.
 */
const [documentCount = 10_000, passagesEach = 10] = process.argv.slice(2).map(Number);
const dimensions = 256;
const rounds = 31;
const call = { signal: new AbortController().signal };
const random = seededRandom(1);
const vocabulary = Array.from({ length: 20_000 }, (_, i) => `w${i.toString(36)}`);
const word = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? "w1"; // few are common, most are rare
const line = () => Array.from({ length: 60 }, word).join(" ");
const embedderId = "clustered-256" as EmbedderId;

function metadataOf(i: number) {
  return {
    rank: (i * 7) % 1_000,
    team: ["search", "ops", "sales", "law"][i % 4] ?? "",
    created: new Date(Date.UTC(2024, 0, 1 + (i % 366), 10)).toISOString(),
    tags: ["a", "b", `t${i % 100}`],
    author: { name: `Person ${i % 50}`, mail: `person${i % 50}@example.com` },
    source: `https://example.com/some/long/path/${i}`,
    note: "x".repeat(200),
  };
}

const field = (...path: string[]) => ({ kind: "metadata" as const, path });
const rankBelow = (value: number): SearchFilter => ({ kind: "lt", field: field("rank"), value });
const tag = (value: string): SearchFilter => ({ kind: "contains", field: field("tags"), value });
const filters: Readonly<Record<string, SearchFilter>> = {
  "all: bytes > 0": { kind: "gt", field: { kind: "document", fact: "bytes" }, value: 0 },
  "90 %: number": rankBelow(900),
  "50 %: number": rankBelow(500),
  "50 %: date": { kind: "lt", field: field("created"), value: "2024-07-02" },
  "10 %: number": rankBelow(100),
  "1 %: number": rankBelow(10),
  "1 %: element of a list": tag("t7"),
  "0.1 %: number": rankBelow(1),
  "20 %: nested": {
    kind: "and",
    filters: [
      { kind: "or", filters: [{ kind: "eq", field: field("team"), value: "ops" }, rankBelow(100)] },
      { kind: "not", filter: tag("t1") },
      { kind: "gte", field: field("created"), value: "2024-03-01" },
    ],
  },
};

await withFolder(async (folder) => {
  const file = join(folder, "larder.sqlite");
  const store = await openSqliteStore({ file, clock: createManualClock(), ids: createCountingIds() });
  const id = await createKnowledgeBaseIn(store.documents);
  const rows = clusteredVectors(documentCount * passagesEach, dimensions, random);
  for (let i = 0; i < documentCount; i++) {
    const own = rows.slice(i * passagesEach, (i + 1) * passagesEach);
    const vectors = Float32Array.from(own.flatMap((row) => [...row]));
    const text = `${i} ${Array.from({ length: passagesEach }, line).join("\n")}`;
    const finished = { vectors, dimensions, embedderId };
    await addReady(store.documents, id, text, { upload: { metadata: metadataOf(i) }, finished });
  }
  const index = await openVectorIndex({ folder: join(folder, "vectors"), dimensions, embedderId }, call);
  await using followed = createFollowedIndex({ index, log: store.operationLog });
  await followed.catchUp(id, call);
  while ((await index.status(id, call)).degraded !== undefined) await new Promise((go) => setTimeout(go, 1_000));
  await report(store, followed, id);
  await index.close();
  await store.close();
});

type Store = Awaited<ReturnType<typeof openSqliteStore>>;
type Followed = ReturnType<typeof createFollowedIndex>;

async function report(store: Store, followed: Followed, id: KnowledgeBaseId): Promise<void> {
  const question = Array.from({ length: 6 }, word).join(" ");
  const vector = clusteredVectors(1, dimensions, random)[0] ?? new Float32Array(dimensions);
  const searches = async (allowed?: ReadonlySet<Label>) => {
    const options = allowed === undefined ? { limit: 100 } : { limit: 100, allowed };
    const lexical = await timeOf(() => store.lexical.search(id, question, options, call));
    return `${lexical} | ${await timeOf(() => followed.search(id, vector, options, call))}`;
  };
  const lines = [
    `${documentCount} documents of ${passagesEach} passages; least / median of ${rounds} in ms`,
    "| filter | passages | filter query | lexical | dense |",
    "|---|--:|--:|--:|--:|",
    `| none | ${documentCount * passagesEach} | - | ${await searches()} |`,
  ];
  for (const [name, filter] of Object.entries(filters)) {
    const labels = await store.documents.labelsMatching(id, filter, call);
    const query = await timeOf(() => store.documents.labelsMatching(id, filter, call));
    lines.push(`| ${name} | ${labels.size} | ${query} | ${await searches(labels)} |`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The least is what the work takes; on a busy machine the median is what others take as well. */
async function timeOf(act: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const startMs = performance.now();
    await act();
    times.push(performance.now() - startMs);
  }
  return `${Math.min(...times).toFixed(1)} / ${quantile(times, 0.5).toFixed(1)}`;
}
