import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Acceptance, StoredDocument } from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import type { ApiContext } from "./api-env.ts";
import { isDraining } from "./api-env.ts";
import type { Larder } from "./larder.ts";

const pollMsMin = 20;
const pollMsMax = 250;
/** Documents that are read before others get their turn. Chosen arbitrarily: some milliseconds. */
const readsPerTurn = 100;

function isFinal({ status }: Pick<StoredDocument, "status">): boolean {
  return status === "ready" || status === "failed";
}

/** How long to wait before the next look: short at first, since a small text is ready at once. */
export function* pollDelaysMs(): Generator<number, never> {
  for (let waitMs = pollMsMin; ; waitMs = Math.min(waitMs * 1.5, pollMsMax)) yield Math.round(waitMs);
}

/** Ends early when the call is aborted, with its reason. */
export async function pause(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (thrown) {
    throw signal.aborted ? signal.reason : thrown;
  }
}

/**
 * Reads the documents again until each is ready or failed, the time is over, or the server begins to stop; the state as
 * it is then. One that is deleted meanwhile counts as failed. Costs a row read per open document and look.
 */
export async function waitForDocuments(
  c: ApiContext,
  { store, clock }: Larder,
  acceptances: readonly Acceptance[],
  waitMs: number,
): Promise<readonly Acceptance[]> {
  const call = c.get("call");
  const untilMs = clock.monotonicMs() + waitMs;
  const delays = pollDelaysMs();
  const states = [...acceptances];
  const refresh = async (acceptance: Acceptance): Promise<Acceptance> => {
    if (isFinal(acceptance.document)) return acceptance;
    const { knowledgeBaseId, id } = acceptance.document;
    try {
      return { ...acceptance, document: await store.document(knowledgeBaseId, id, call) };
    } catch (thrown) {
      if (!LarderError.is(thrown) || thrown.code !== "DOCUMENT_NOT_FOUND") throw thrown;
      return { ...acceptance, document: { ...acceptance.document, status: "failed", error: toErrorRecord(thrown) } };
    }
  };
  for (;;) {
    const leftMs = untilMs - clock.monotonicMs();
    if (states.every(({ document }) => isFinal(document)) || leftMs <= 0 || isDraining(c)) return states;
    await pause(Math.min(leftMs, delays.next().value), call);
    for (const [i, state] of states.entries()) {
      if (i % readsPerTurn === readsPerTurn - 1) await nextTurn();
      states[i] = await refresh(state);
    }
  }
}
