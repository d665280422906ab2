import type { VectorCollectionId } from "@larder/contracts";
import { addOf, asLabel, deleteOf } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packOperations, unpackOperations } from "../packed-operations.ts";
import {
  decodeApply,
  decodeCount,
  decodeHits,
  decodeRows,
  decodeRowsRequest,
  decodeSearch,
  encodeApply,
  encodeCount,
  encodeHits,
  encodeRows,
  encodeRowsRequest,
  encodeSearch,
} from "./index-frames.ts";

const id = "kb_frames00" as VectorCollectionId;
const axis = (i: number): Float32Array => new Float32Array(4).fill(1, i, i + 1);
const operations = [addOf(1, 7, axis(0)), deleteOf(2, 7), addOf(3, 8, axis(1))];
const search = { id, vector: axis(2), limit: 5, allowed: Uint32Array.of(1, 2, 3) };
const apply = { id, after: 2 ** 40, operations: packOperations(operations, 4) };
const hits = { hits: [{ label: asLabel(3), score: 0.5 }], appliedSequence: 2 ** 45, degraded: "building …" };
const rows = { labels: Uint32Array.of(4, 5), vectors: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0) };
const page = { id, first: 10, count: 20 };

/** `counts`: where numbers stand that say how long something is, in bytes from the beginning. */
const codecs = [
  { what: "a search", parts: encodeSearch(search), decode: decodeSearch, value: search, counts: [4, 8, 12] },
  { what: "an apply", parts: encodeApply(apply), decode: decodeApply, value: apply, counts: [8, 12, 16] },
  { what: "hits", parts: encodeHits(hits), decode: decodeHits, value: hits, counts: [8, 12] },
  { what: "a count", parts: encodeCount(9), decode: decodeCount, value: 9, counts: [] },
  { what: "a page", parts: encodeRowsRequest(page), decode: decodeRowsRequest, value: page, counts: [8] },
  { what: "rows", parts: encodeRows(rows), decode: decodeRows, value: rows, counts: [0, 4] },
];

const joined = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));

describe.each(codecs)("a frame with $what", ({ parts, decode, value, counts }) => {
  const body = joined(parts);
  const refused = expect.objectContaining({ code: "UNEXPECTED" });

  it("comes out as it went in", () => {
    expect(decode(body)).toEqual(value);
  });

  it("is refused at every other length", () => {
    for (let length = 0; length < body.byteLength; length++) {
      expect(() => decode(body.slice(0, length))).toThrow(refused);
    }
    expect(() => decode(joined([body, Uint8Array.of(0)]))).toThrow(refused);
  });

  it("is refused when one of its counts says anything else", () => {
    for (const offset of counts) {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (lie) => {
          const view = new DataView(body.slice().buffer);
          fc.pre(view.getUint32(offset, true) !== lie);
          view.setUint32(offset, lie, true);
          expect(() => decode(new Uint8Array(view.buffer))).toThrow(refused);
        }),
      );
    }
  });
});

describe("operations that crossed to a host", () => {
  it("are the ones that were sent", () => {
    expect(unpackOperations(decodeApply(joined(encodeApply(apply))).operations, 4)).toEqual(operations);
  });

  it.each([
    { what: "a vector too few", vectors: new Float32Array(4) },
    { what: "a vector too many", vectors: new Float32Array(12) },
    { what: "vectors of another length", vectors: new Float32Array(6) },
  ])("are refused with $what", ({ vectors }) => {
    const refused = expect.objectContaining({ code: "UNEXPECTED" });
    expect(() => unpackOperations({ ...apply.operations, vectors }, 4)).toThrow(refused);
  });
});
