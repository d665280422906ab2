import type { Peer } from "../peer.ts";
import { nothingToChoose } from "../peer.ts";

/** What every row's memory includes: a process with the benchmark's own code, and one more where there are two. */
export const nothing: Peer = {
  build: () => nothing.open({ folder: "", dimensions: 0, count: 0 }),
  open: async () => ({ settings: nothingToChoose, search: () => [], close: async () => undefined }),
};
