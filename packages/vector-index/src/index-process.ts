/** Entry of the index host: all collections of one folder, behind the channel of @larder/child-process. */
import { serveRequests } from "@larder/child-process";
import type { Call, Label } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { loadHnswLibrary } from "./hnsw-library.ts";
import type { IndexMethod, IndexReplies, IndexRequests } from "./index-messages.ts";
import type { LocalIndex } from "./local-index.ts";
import { openLocalIndex } from "./local-index.ts";
import { unpackOperations } from "./packed-operations.ts";

let opened: LocalIndex | undefined;

function index(): LocalIndex {
  if (opened === undefined) throw new LarderError("INDEX_UNAVAILABLE");
  return opened;
}

const handlers: {
  readonly [Method in IndexMethod]: (payload: IndexRequests[Method], call: Call) => Promise<IndexReplies[Method]>;
} = {
  async open({ useGraphs, ...options }) {
    opened = openLocalIndex(options, useGraphs ? await loadHnswLibrary() : undefined);
    return opened.report();
  },
  async apply({ id, after, operations }, call) {
    await index().apply(id, unpackOperations(operations, index().dimensions), { after }, call);
    return undefined;
  },
  search({ id, vector, limit, allowed }, call) {
    const options = allowed === undefined ? { limit } : { limit, allowed: labelSet(allowed) };
    return index().search(id, vector, options, call);
  },
  status: ({ id }, call) => index().status(id, call),
  async checkpoint({ id }, call) {
    await index().checkpoint(id, call);
    return undefined;
  },
  async drop({ id }, call) {
    await index().drop(id, call);
    return undefined;
  },
  report: async () => index().report(),
  async close() {
    await opened?.[Symbol.asyncDispose]();
    return undefined;
  },
};

function labelSet(labels: Uint32Array): ReadonlySet<Label> {
  return new Set(Array.from(labels, (label) => label as Label)); // went in as labels
}

serveRequests(handlers);
