import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EmbedderId, Label, VectorIndexKind } from "@larder/contracts";
import type { VectorIndexOptions } from "@larder/vector-index";
import { openVectorIndex, questionsForTuning } from "@larder/vector-index";
import { applyRows, benchCollection } from "../neighbour-statistics.ts";
import type { OpenIndex, Peer, Row, Shape } from "../peer.ts";
import { hitsWanted } from "../recall.ts";

const call = { signal: new AbortController().signal };
const embedderId = "bench" as EmbedderId;
const pollMs = 100;

/** Through the port and over the process boundary, as a server has it, with the settings that Larder chooses by itself. */
async function openHosted({ folder, dimensions, count }: Shape, settings: Settings): Promise<OpenIndex & Hosted> {
  const index = await openVectorIndex(
    {
      folder: join(folder, "vectors"),
      dimensions,
      embedderId,
      ...settings,
    },
    call,
  );
  const { kind, ef } = await index.status(benchCollection, call); // loads the checkpoint
  let again: readonly Row[] = []; // their labels follow those of all rows
  return {
    index,
    kind,
    ...(ef === undefined ? {} : { ownEf: ef }),
    get holders() {
      return index.pids;
    },
    async adapt(queries) {
      const { ef: before } = await index.status(benchCollection, call);
      if (before === undefined || queries.length === 0) return;
      for (let i = 0; i < questionsForTuning; i++) {
        const query = queries[i % queries.length];
        if (query !== undefined) await index.search(benchCollection, query, { limit: hitsWanted }, call);
      }
      while (((await index.status(benchCollection, call)).asked ?? 0) === 0) await delay(pollMs);
      await index.checkpoint(benchCollection, call);
    },
    async search(query, k) {
      const { hits } = await index.search(benchCollection, query, { limit: k }, call);
      return hits.map(({ label }) => (label > count ? (again[label - count - 1]?.row ?? -1) : label - 1));
    },
    timesWithin: () => index.searchTimes(call),
    async churn(rows) {
      const deletes = rows.map(({ row }, i) => ({
        kind: "delete" as const,
        sequence: count + i + 1,
        label: (row + 1) as Label,
      }));
      await index.apply(benchCollection, deletes, { after: count }, call);
      const gone = new Set(rows.map(({ row }) => row + 1));
      let found = 0;
      for (const { vector } of rows) {
        const { hits } = await index.search(benchCollection, vector, { limit: hitsWanted }, call);
        if (hits.some(({ label }) => gone.has(label))) found += 1;
      }
      again = rows;
      const adds = rows.map(({ vector }, i) => ({
        kind: "add" as const,
        sequence: count + rows.length + i + 1,
        label: (count + i + 1) as Label,
        vector,
      }));
      await index.apply(benchCollection, adds, { after: count + rows.length }, call);
      while ((await index.status(benchCollection, call)).degraded !== undefined) await delay(pollMs);
      return found;
    },
    close: () => index.close(),
  };
}

type Settings = Pick<VectorIndexOptions, "exactVectorsMax" | "graphs">;

interface Hosted {
  readonly index: Awaited<ReturnType<typeof openVectorIndex>>;
  readonly kind: VectorIndexKind;
}

function hostedPeer(kind: VectorIndexKind, settings: Settings = {}): Peer {
  return {
    note: kind === "exact" ? "exact" : "its own choice",
    async build(file, shape, progress) {
      const hosted = await openHosted(shape, settings);
      await applyRows(hosted.index, file, progress);
      for (;;) {
        const { kind: present, ef, degraded = "" } = await hosted.index.status(benchCollection, call);
        if (degraded === "" && (present === "exact" || ef !== undefined)) break; // its ef is chosen last
        progress(Number(/: (\d+) of/.exec(degraded)?.[1] ?? 0));
        await delay(pollMs);
      }
      await hosted.index.checkpoint(benchCollection, call);
      return hosted;
    },
    async open(shape) {
      const hosted = await openHosted(shape, settings);
      if (hosted.kind !== kind) throw new Error(`came back as ${hosted.kind}`);
      return hosted;
    },
  };
}

/** The graph at every size: where it is not the default, what a lower `exactVectorsMax` would give. */
export const larderGraph: Peer = hostedPeer("hnsw", { exactVectorsMax: 1 });

/** The same with the library that made graphs before Larder had its own. */
export const larderHnswlib: Peer = hostedPeer("hnsw", { exactVectorsMax: 1, graphs: "hnswlib-node" });

export const larderExact: Peer = hostedPeer("exact");
