import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { IdempotencyStore, StoredReply } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { isDraining } from "../api-env.ts";
import { asLarderError, toProblemBody } from "../problem.ts";
import { invalidRequest } from "./field-problems.ts";

/** How a claimed request ends. Exactly one of the two is called, once. */
export interface Claim {
  /** The reply is kept for whoever sends the key again, also when this sender leaves. */
  readonly isKept: boolean;
  readonly replay?: Response;
  /** Keeps the reply for whoever sends the key again. */
  complete(reply: StoredReply): Promise<void>;
  /** Keeps a failure that would come again; lets go of the key after one that may pass. */
  fail(thrown: unknown): Promise<void>;
}

const unclaimed: Claim = { isKept: false, complete: async () => undefined, fail: async () => undefined };
const settleTimeoutMs = 10_000; // the reply is kept also when the client has left, so not the client's signal

const waitMsDefault = 30_000; // most answers take less
const waitStepMs = 20;
const waitStepMsMax = 500;

/**
 * Claims the request's Idempotency-Key, if it has one. While another request with the key is being answered, this one
 * waits for its reply, up to `waitMs`. `facts` are what makes two requests the same: for JSON the hash
 * of the body, for an upload the hashes of its files, since a repeated upload has another boundary.
 * @throws {@link LarderError} `REQUEST_KEY_REUSED`, `REQUEST_IN_PROGRESS`, `REQUEST_INVALID` for a key of the wrong form
 */
export async function claimKey(
  c: ApiContext,
  store: IdempotencyStore,
  facts: readonly (string | undefined)[],
  waitMs = waitMsDefault,
): Promise<Claim> {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return unclaimed;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidRequest({ field: "header.idempotency-key", reason: "must be 1 to 255 visible ASCII characters" });
  }
  const scope = c.get("callerScope");
  const path = new URL(c.req.url).pathname;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([c.req.method, path, ...facts]))
    .digest("hex");
  const begin = () => store.begin(scope, key, fingerprint, c.get("call"));
  const untilMs = performance.now() + waitMs;
  let state = await begin();
  for (let stepMs = waitStepMs; state.kind === "in-progress"; stepMs = Math.min(2 * stepMs, waitStepMsMax)) {
    if (performance.now() >= untilMs || isDraining(c)) break;
    await delay(stepMs); // the next `begin` rejects if the sender has left meanwhile
    state = await begin();
  }
  if (state.kind === "conflict") throw new LarderError("REQUEST_KEY_REUSED");
  if (state.kind === "in-progress") throw new LarderError("REQUEST_IN_PROGRESS");
  if (state.kind === "replay") return { ...unclaimed, replay: toReplay(state.reply) };
  const complete = (reply: StoredReply) => store.complete(scope, key, reply, settling());
  return {
    isKept: true,
    complete,
    async fail(thrown) {
      const error = asLarderError(thrown);
      if (error.retryable) return store.forget(scope, key, settling());
      const body = toProblemBody(error, c.get("requestId"));
      return complete({
        status: body.status,
        contentType: "application/problem+json",
        body: JSON.stringify(body),
      });
    },
  };
}

/** Answers once per key: what `produce` gives or throws is what a repetition gets. */
export async function answerOnce(
  c: ApiContext,
  store: IdempotencyStore,
  facts: readonly (string | undefined)[],
  produce: () => Promise<{ readonly status: 200 | 201 | 202; readonly body: unknown }>,
): Promise<Response> {
  const claim = await claimKey(c, store, facts);
  if (claim.replay !== undefined) return claim.replay;
  try {
    const { status, body } = await produce();
    const text = JSON.stringify(body);
    await claim.complete({ status, contentType: "application/json", body: text });
    return new Response(text, { status, headers: { "content-type": "application/json" } });
  } catch (thrown) {
    await claim.fail(thrown);
    throw thrown;
  }
}

function toReplay(reply: StoredReply): Response {
  const headers = { "content-type": reply.contentType, "idempotent-replayed": "true" };
  return new Response(reply.body, { status: reply.status, headers });
}

function settling() {
  return { signal: AbortSignal.timeout(settleTimeoutMs) };
}
