/** Entry of the index host: all collections of one folder, behind the channel of @larder/child-process. */
import { serveFrames, serveRequests } from "@larder/child-process";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { loadGraphLibrary } from "./graphs/load-graph-library.ts";
import { decodeAudit, encodeAuditResult } from "./hosts/audit-frames.ts";
import {
  decodeApply,
  decodeRowsRequest,
  decodeSearch,
  encodeCount,
  encodeHits,
  encodeRows,
  frameMethods,
} from "./hosts/index-frames.ts";
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
  async open({ graphs, ...options }) {
    opened = openLocalIndex(options, await loadGraphLibrary(graphs));
    return opened.report();
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
  async unload({ id }, call) {
    await index().unload(id, call);
    return undefined;
  },
  report: async () => index().report(),
  async close() {
    await opened?.[Symbol.asyncDispose]();
    return undefined;
  },
};

/** A search of what is in memory does not look up before it is done. One that waits for the disk does. */
const begun: Call = { signal: new AbortController().signal };

serveFrames({
  async [frameMethods.search](body, call) {
    const { id, vector, limit, allowed } = decodeSearch(body);
    return encodeHits(await index().searchAmong(id, vector, limit, allowed, index().isOpen(id) ? begun : call));
  },
  async [frameMethods.apply](body, call) {
    const { id, after, operations } = decodeApply(body);
    await index().apply(id, unpackOperations(operations, index().dimensions), { after }, call);
    return encodeCount((await index().status(id, call)).count);
  },
  async [frameMethods.rows](body, call) {
    const { id, first, count } = decodeRowsRequest(body);
    return encodeRows(await index().rows(id, first, count, call));
  },
  async [frameMethods.audit](body, call) {
    const { id, ...request } = decodeAudit(body);
    return encodeAuditResult(await index().audit(id, request, call));
  },
});
serveRequests(handlers);
