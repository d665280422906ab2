import type { IdempotencyStore } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import type { ManualClock } from "../manual-clock.ts";
import { testCall as call } from "../store-fixtures.ts";

/** How long things last in the store under test, so that the suite can pass over it. */
export interface IdempotencyStoreUnderTest extends AsyncDisposable {
  readonly idempotency: IdempotencyStore;
  readonly clock: ManualClock;
  readonly claimMs: number;
  readonly replyMs: number;
  readonly replyBytesMax: number;
}

const reply = { status: 201, contentType: "application/json", body: '{"name":"Zürich"}' };

export function describeIdempotencyStore(name: string, open: () => Promise<IdempotencyStoreUnderTest>): void {
  describe(`${name} keeps the IdempotencyStore contract`, () => {
    it("is fresh once, in progress until completed, then repeats the reply", async () => {
      await using opened = await open();
      const { idempotency: store } = opened;
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "fresh" });
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "in-progress" });
      await store.complete("me", "k", reply, call);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "replay", reply });
    });

    it("repeats an empty body too", async () => {
      await using opened = await open();
      const { idempotency: store } = opened;
      await store.begin("me", "k", "f", call);
      const empty = { status: 204, contentType: "", body: "" };
      await store.complete("me", "k", empty, call);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "replay", reply: empty });
    });

    it("tells another request with the same key from the same one, before and after the reply", async () => {
      await using opened = await open();
      const { idempotency: store } = opened;
      await store.begin("me", "k", "f", call);
      expect(await store.begin("me", "k", "other", call)).toEqual({ kind: "conflict" });
      await store.complete("me", "k", reply, call);
      expect(await store.begin("me", "k", "other", call)).toEqual({ kind: "conflict" });
    });

    it("keeps scopes and keys apart", async () => {
      await using opened = await open();
      for (const [scope, key] of [
        ["a", "bc"],
        ["ab", "c"],
        ["", "abc"],
        ["abc", ""],
      ] as const) {
        expect(await opened.idempotency.begin(scope, key, "f", call)).toEqual({ kind: "fresh" });
      }
    });

    it("is fresh for exactly one of many at once", async () => {
      await using opened = await open();
      const states = await Promise.all(
        Array.from({ length: 20 }, () => opened.idempotency.begin("me", "k", "f", call)),
      );
      expect(states.filter((state) => state.kind === "fresh")).toHaveLength(1);
    });

    it("drops a claim that failed, but never a reply", async () => {
      await using opened = await open();
      const { idempotency: store } = opened;
      await store.begin("me", "k", "f", call);
      await store.forget("me", "k", call);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "fresh" });
      await store.complete("me", "k", reply, call);
      await store.forget("me", "k", call);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "replay", reply });
    });

    it("gives up the claim of a dead process after a while, and a reply much later", async () => {
      await using opened = await open();
      const { idempotency: store, clock, claimMs, replyMs } = opened;
      await store.begin("me", "k", "f", call);
      clock.advance(claimMs - 1);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "in-progress" });
      clock.advance(1);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "fresh" });
      await store.complete("me", "k", reply, call);
      clock.advance(replyMs - 1);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "replay", reply });
      clock.advance(1);
      expect(await store.begin("me", "k", "other", call)).toEqual({ kind: "fresh" });
    });

    it("does not keep a reply above the limit, and does not let its work be done twice either", async () => {
      await using opened = await open();
      const { idempotency: store, clock, claimMs, replyMs, replyBytesMax } = opened;
      await store.begin("me", "k", "f", call);
      await store.complete("me", "k", { ...reply, body: "é".repeat(replyBytesMax) }, call);
      clock.advance(claimMs);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "in-progress" });
      clock.advance(replyMs);
      expect(await store.begin("me", "k", "f", call)).toEqual({ kind: "fresh" });
    });

    it("rejects with the signal's own reason and claims nothing", async () => {
      await using opened = await open();
      const reason = new Error("the sender left");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expect(opened.idempotency.begin("me", "k", "f", aborted)).rejects.toBe(reason);
      expect(await opened.idempotency.begin("me", "k", "f", call)).toEqual({ kind: "fresh" });
    });
  });
}
