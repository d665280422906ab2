import { readFile } from "node:fs/promises";
import type { BlobStore } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testCall as call, sha256Of } from "../store-fixtures.ts";

export interface BlobStoreUnderTest extends AsyncDisposable {
  readonly blobs: BlobStore;
  /** How many files it has in all, finished or not. */
  countFiles(): Promise<number>;
}

const limits = { bytesMax: 1_000_000 };

async function* piecesOf(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

export function describeBlobStore(name: string, open: () => Promise<BlobStoreUnderTest>): void {
  describe(`${name} keeps the BlobStore contract`, () => {
    it("keeps bytes under their hash, however they are cut", async () => {
      await using opened = await open();
      const { blobs } = opened;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), async (pieces) => {
          const whole = Buffer.concat(pieces);
          const blob = await blobs.put(piecesOf(...pieces), limits, call);
          const file = await blobs.localFile(blob.sha256, call);
          expect(blob.bytes).toBe(whole.byteLength);
          expect(file !== undefined && whole.equals(await readFile(file))).toBe(true);
        }),
        { numRuns: 25 },
      );
      expect(await blobs.put(piecesOf("hel", "", "lo"), limits, call)).toEqual({ sha256: sha256Of("hello"), bytes: 5 });
    });

    it("keeps the same bytes once, also when they come many times at once", async () => {
      await using opened = await open();
      const puts = Array.from({ length: 12 }, () => {
        return opened.blobs.put(piecesOf("same"), limits, { signal: new AbortController().signal });
      });
      expect(new Set((await Promise.all(puts)).map((blob) => blob.sha256)).size).toBe(1);
      await opened.blobs.put(piecesOf("same"), limits, call);
      expect(await opened.countFiles()).toBe(1);
    });

    it("has no file for bytes that were never put, nor for what is no hash", async () => {
      await using opened = await open();
      for (const hash of [sha256Of("x"), "", "..", "../../etc/passwd", "A".repeat(64), `${"a".repeat(63)}/`]) {
        expect(await opened.blobs.localFile(hash, call)).toBeUndefined();
      }
    });

    it("stops a source as soon as it is too large, and leaves nothing", async () => {
      await using opened = await open();
      let isStopped = false;
      async function* endless() {
        try {
          for (;;) yield Buffer.alloc(1_000);
        } finally {
          isStopped = true;
        }
      }
      const put = opened.blobs.put(endless(), { bytesMax: 10_000 }, call);
      await expect(put).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE", details: { bytesMax: 10_000 } });
      expect(isStopped).toBe(true);
      expect(await opened.countFiles()).toBe(0);
      expect(await opened.blobs.put(piecesOf("12345"), { bytesMax: 5 }, call)).toMatchObject({ bytes: 5 });
    });

    it("leaves nothing when the source fails, and says why", async () => {
      await using opened = await open();
      const failure = new Error("the connection broke");
      async function* failing() {
        yield Buffer.from("some");
        throw failure;
      }
      await expect(opened.blobs.put(failing(), limits, call)).rejects.toBe(failure);
      expect(await opened.countFiles()).toBe(0);
    });

    it("leaves nothing when it is aborted while the source is silent, and rejects with the signal's own reason", async () => {
      await using opened = await open();
      const abort = new AbortController();
      const reason = new Error("the sender left");
      async function* silent() {
        yield Buffer.from("some");
        abort.abort(reason);
        await new Promise<never>(() => {});
      }
      await expect(opened.blobs.put(silent(), limits, { signal: abort.signal })).rejects.toBe(reason);
      await expect(opened.blobs.put(piecesOf("x"), limits, { signal: abort.signal })).rejects.toBe(reason);
      expect(await opened.countFiles()).toBe(0);
    });
  });
}
