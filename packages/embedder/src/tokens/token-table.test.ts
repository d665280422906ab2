import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AutoModel, env, Tensor } from "@xenova/transformers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTokenTable, encodeTokenTable, tokenTableDimensions } from "./token-table.ts";

const models = fileURLToPath(new URL("../../models/", import.meta.url));

const value = fc.double({ min: -4, max: 4, noNaN: true });
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 12 }))
  .chain(([tokens, width]) =>
    fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: tokens, maxLength: tokens }),
  )
  .map((rows) => rows.map((row) => Float32Array.from(row)));

/** The bytes as a file gives them, at any place of a larger buffer. */
const framed = (bytes: Uint8Array, before: number) => {
  const larger = Buffer.alloc(before + bytes.length + 5, 0x5a);
  larger.set(bytes, before);
  return larger.subarray(before, before + bytes.length);
};

describe("token table", () => {
  it("gives back unit rows and whole norms, wherever its bytes lie", () => {
    fc.assert(
      fc.property(matrix, fc.integer({ min: 1, max: 12 }), fc.nat(40), (vectors, cut, before) => {
        const dimensions = Math.min(cut, vectors[0]?.length ?? 0);
        const bytes = encodeTokenTable(vectors, dimensions);
        const table = decodeTokenTable(framed(bytes, before));
        expect(table).toMatchObject({ tokens: vectors.length, dimensions });
        expect(table.rows).toHaveLength(vectors.length * dimensions);
        for (const [token, vector] of vectors.entries()) {
          expect(table.norms[token]).toBeCloseTo(Math.hypot(...vector), 4);
          const leading = vector.subarray(0, dimensions);
          const length = Math.hypot(...leading) || 1;
          const row = table.rows.subarray(token * dimensions, (token + 1) * dimensions);
          for (const [d, each] of row.entries()) {
            expect(Math.abs(each / 127 - (leading[d] ?? 0) / length)).toBeLessThanOrEqual(0.5 / 127 + 1e-6);
          }
        }
        expect(decodeTokenTable(new Uint8Array(bytes))).toEqual(table);
      }),
    );
  });

  it("refuses what is cut, longer, headed otherwise or without rows", () => {
    const whole = encodeTokenTable([Float32Array.of(1, 2), Float32Array.of(3, 4)], 2);
    const refused = { code: "EMBEDDER_MODEL_UNTRUSTED" };
    const refuse = (bytes: Uint8Array) => {
      expect(() => decodeTokenTable(bytes)).toThrow(expect.objectContaining(refused));
    };
    for (let length = 0; length < whole.length; length++) refuse(whole.subarray(0, length));
    refuse(Buffer.concat([whole, Buffer.of(0)]));
    for (let at = 0; at < 12; at++) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at);
      refuse(damaged);
    }
    refuse(encodeTokenTable([], 2));
    refuse(encodeTokenTable([Float32Array.of(1, 2)], 0));
  });

  it("refuses more tokens than have ids beside those by hash", () => {
    const vectors = Array.from({ length: 65_536 }, () => Float32Array.of(1));
    expect(() => decodeTokenTable(encodeTokenTable(vectors, 1))).toThrow();
    expect(decodeTokenTable(encodeTokenTable(vectors.slice(1), 1)).tokens).toBe(65_535);
  });

  it("holds the model's own vectors of tokens, in whatever place they stand", async () => {
    env.allowRemoteModels = false;
    env.localModelPath = models;
    const table = decodeTokenTable(await readFile(`${models}larder-embed-v1/token-table.bin`));
    expect(table).toMatchObject({ tokens: 28_000, dimensions: tokenTableDimensions });
    const ids = [27_999, 0, 1, 2, 3, 6_945, 2_298, 9_794, 6_945, 500, 499, 840, 13_000];
    const model = await AutoModel.from_pretrained("larder-embed-v1", { dtype: "q8", local_files_only: true });
    const output = await model({
      input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]),
      attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
    });
    const data: Float32Array = output.last_hidden_state.data;
    const width = data.length / ids.length;
    const vectors = ids.map((_, i) => data.slice(i * width, (i + 1) * width));
    const expected = decodeTokenTable(encodeTokenTable(vectors, tokenTableDimensions));
    for (const [i, id] of ids.entries()) {
      expect(table.norms[id]).toBeCloseTo(expected.norms[i] ?? 0, 3);
      for (let d = 0; d < tokenTableDimensions; d++) {
        const [kept, made] = [table.rows[id * tokenTableDimensions + d], expected.rows[i * tokenTableDimensions + d]];
        expect(Math.abs((kept ?? 0) - (made ?? 0))).toBeLessThanOrEqual(1); // kernels of other processors round otherwise
      }
    }
  });
});
