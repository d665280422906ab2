import type { Peer } from "./peer.ts";

export interface PeerEntry {
  /** With the version that bench/package.json pins. */
  readonly name: string;
  /** Above it the peer is not asked to run. */
  readonly countMax?: { readonly count: number; readonly reason: string };
  /** When asked for, so that no peer's memory holds another's code, and one that does not load fails alone. */
  load(): Promise<Peer>;
}

/** By the id that `--only` takes, in the order of the table. */
export const peers: Readonly<Record<string, PeerEntry>> = {
  nothing: {
    name: "nothing",
    load: async () => (await import("./peers/nothing.ts")).nothing,
  },
  "larder-graph": {
    name: "Larder, graph",
    load: async () => (await import("./peers/hosted-larder.ts")).larderGraph,
  },
  "larder-hnswlib": {
    name: "Larder, graph of hnswlib-node",
    load: async () => (await import("./peers/hosted-larder.ts")).larderHnswlib,
  },
  "larder-exact": {
    name: "Larder, exact",
    // exactVectorsMax where nobody sets it
    countMax: { count: 100_000, reason: "not the default at this size" },
    load: async () => (await import("./peers/hosted-larder.ts")).larderExact,
  },
  "hnswlib-node": {
    name: "hnswlib-node 3.0.0",
    load: async () => (await import("./peers/bare-hnswlib.ts")).bareHnswlib,
  },
  "hnswlib-node-alike": {
    name: "hnswlib-node 3.0.0, Larder's ef",
    load: async () => (await import("./peers/bare-hnswlib.ts")).bareHnswlibAlike,
  },
  usearch: { name: "usearch 2.25.3", load: async () => (await import("./peers/usearch.ts")).usearch },
  lancedb: { name: "LanceDB 0.37.1", load: async () => (await import("./peers/lancedb.ts")).lancedb },
  "sqlite-vec": { name: "sqlite-vec 0.1.9", load: async () => (await import("./peers/sqlite-vec.ts")).sqliteVec },
  chroma: { name: "Chroma server 3.0.0", load: async () => (await import("./peers/chroma.ts")).chroma },
  "langchain-memory": {
    name: "LangChain.js memory 1.0.50",
    load: async () => (await import("./peers/langchain-memory.ts")).langchainMemory,
  },
};

export function findPeer(id: string): PeerEntry {
  const entry = peers[id];
  if (entry === undefined) throw new Error(`There is no peer ${id}, only ${Object.keys(peers).join(", ")}`);
  return entry;
}
