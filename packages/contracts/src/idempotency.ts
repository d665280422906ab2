import type { Call } from "./call.ts";

export interface StoredReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * `fresh`: go on, then `complete` or `forget`. `replay`: give this reply again. `conflict`: same key, other request.
 * `in-progress`: the first request with this key has not been answered yet.
 */
export type IdempotencyState =
  | { readonly kind: "fresh" }
  | { readonly kind: "replay"; readonly reply: StoredReply }
  | { readonly kind: "conflict" }
  | { readonly kind: "in-progress" };

/** Remembers replies by Idempotency-Key, scoped to whoever sent it. Claims of a dead process run out by themselves. */
export interface IdempotencyStore {
  /** Claims the key, atomically at any concurrency. `fingerprint` is a hash of method, path and body. */
  begin(scope: string, key: string, fingerprint: string, call: Call): Promise<IdempotencyState>;
  complete(scope: string, key: string, reply: StoredReply, call: Call): Promise<void>;
  /** Drops the claim after a failure that may be retried. */
  forget(scope: string, key: string, call: Call): Promise<void>;
}
