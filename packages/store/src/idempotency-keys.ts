import type { IdempotencyStore } from "@larder/contracts";
import { and, eq, isNull, lte } from "drizzle-orm";
import { idempotencyKeys } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";

export interface IdempotencyOptions {
  /** A claim that is not completed ends then: its process died. @defaultValue 10 minutes */
  readonly claimMs?: number;
  /** A reply is repeated for so long. @defaultValue 24 hours */
  readonly replyMs?: number;
  /** In UTF-8. @defaultValue 8 MiB */
  readonly replyBytesMax?: number;
}

/**
 * Replies by key. A reply above `replyBytesMax` is not kept, but its key is: repeating that request is answered
 * `in-progress` until `replyMs` is over, because doing its work a second time would be worse.
 */
export function createIdempotencyKeys(
  { write, clock }: StoreContext,
  { claimMs = 600_000, replyMs = 86_400_000, replyBytesMax = 8_388_608 }: IdempotencyOptions = {},
): IdempotencyStore {
  const of = (scope: string, key: string) => and(eq(idempotencyKeys.scope, scope), eq(idempotencyKeys.key, key));
  return {
    async begin(scope, key, fingerprint, call) {
      return write(call, (queries) => {
        const nowMs = clock.nowMs();
        queries.delete(idempotencyKeys).where(lte(idempotencyKeys.expiresAtMs, nowMs)).run();
        const held = queries.select().from(idempotencyKeys).where(of(scope, key)).get();
        if (held === undefined) {
          queries
            .insert(idempotencyKeys)
            .values({ scope, key, fingerprint, expiresAtMs: nowMs + claimMs })
            .run();
          return { kind: "fresh" };
        }
        if (held.fingerprint !== fingerprint) return { kind: "conflict" };
        const { status, contentType, body } = held;
        if (status === null || contentType === null || body === null) return { kind: "in-progress" };
        return { kind: "replay", reply: { status, contentType, body } };
      });
    },
    async complete(scope, key, reply, call) {
      const isKept = Buffer.byteLength(reply.body) <= replyBytesMax;
      write(call, (queries) => {
        const expiresAtMs = clock.nowMs() + replyMs;
        const { status, contentType, body } = reply;
        const ended = isKept ? { status, contentType, body, expiresAtMs } : { expiresAtMs };
        queries.update(idempotencyKeys).set(ended).where(of(scope, key)).run();
      });
    },
    async forget(scope, key, call) {
      write(call, (queries) => {
        queries
          .delete(idempotencyKeys)
          .where(and(of(scope, key), isNull(idempotencyKeys.status)))
          .run();
      });
    },
  };
}
