import type { Peer } from "../peer.ts";

/** What every row's memory includes: a process with the benchmark's own code. */
export const nothing: Peer = {
  build: () => nothing.open({ folder: "", dimensions: 0, count: 0 }),
  open: async () => ({ search: () => [], close: async () => undefined }),
};
