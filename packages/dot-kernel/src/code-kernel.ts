import { assembleModule, branch, branchIf, control, get, i32, i32x4, set, v128 } from "./assembler.ts";
import type { LinearMemory } from "./linear-memory.ts";
import { instanceMaker } from "./linear-memory.ts";

/**
 * Dot products of one vector with rows here and there, each number a signed byte (a "code"). Four times as many of them
 * as of float32 numbers come through the memory bus, which is what a walk through a graph waits for. In WebAssembly's own
 * text a row's product, of 64 codes a turn, reads
 *
 *     row = rows + load(ids) * stride, i = 0, a = b = c = d = 0
 *     loop
 *       a += dot(widened(row), load(query))          ;; eight codes; b, c, d, a, …: the next seven eights
 *       row += 64, query += 128
 *       (br_if 0 (i32.lt_u row end of row))
 *     end
 *     (i32.store out (a + b) + (c + d))
 *
 * Sums of integers are the same in any order: the same results on every machine.
 */
export interface CodeKernel {
  /** Writes `bytes` codes as 16-bit integers to `target`, for {@link scoreRows}. `bytes` is a multiple of {@link codesStep}. */
  widen(row: number, bytes: number, target: number): void;
  /**
   * Writes one int32 for each uint32 number of a row in `[ids, idsEnd)` from `out` on. All but `stride` are byte addresses.
   * `query` has widened codes, `stride` is the bytes of a row and a multiple of {@link codesStep}. Rows end below 4 GiB.
   * `out` is written to even when there is no number.
   */
  scoreRows(ids: number, idsEnd: number, query: number, stride: number, rows: number, out: number): void;
}

/** Bytes of one turn of the inner loop: rows of codes are padded with zeros to a multiple of this. */
export const codesStep = 64;

const instanceFor = instanceMaker(assembleCodes);

export function createCodeKernel(memory: LinearMemory): CodeKernel {
  return instanceFor(memory) as CodeKernel; // its exports are `widen` and `scoreRows`
}

const eights = [0, 1, 2, 3, 4, 5, 6, 7] as const; // of the codes of one turn

function assembleCodes(): Uint8Array {
  return assembleModule([
    { name: "widen", parameters: 3, locals: [0, 0], code: widenCode() },
    { name: "scoreRows", parameters: 6, locals: [4, 4], code: scoreCode() },
  ]);
}

function widenCode(): readonly number[] {
  const [row, bytes, target] = [0, 1, 2] as const;
  const end = bytes; // the parameter is used again
  return [
    ...[...get(row), ...get(bytes), ...i32.add, ...set(end)],
    ...[...control.block, ...control.loop],
    ...[...get(row), ...get(end), ...i32.greaterEqualUnsigned, ...branchIf(1)],
    ...eights.flatMap((k) => [...get(target), ...get(row), ...v128.loadWidened(8 * k), ...v128.store(16 * k)]),
    ...[...get(row), ...i32.constant(codesStep), ...i32.add, ...set(row)],
    ...[...get(target), ...i32.constant(2 * codesStep), ...i32.add, ...set(target)],
    ...[...branch(0), ...control.end, ...control.end],
  ];
}

const scoreLocals = {
  ...{ ids: 0, idsEnd: 1, query: 2, stride: 3, rows: 4, out: 5 },
  ...{ row: 6, rowEnd: 7, part: 8, touched: 9, sum: 10 }, // sums take 10 … 13
} as const;

/**
 * Loads one number of each 64 bytes of all rows, and writes their sum to `out`, so that no compiler takes it for useless.
 * These loads wait for nothing, so the processor has many under way at once: where rows are not in a cache, a walk through
 * a graph takes half as long as with products alone, each of which is waited for.
 */
function touchCode(): readonly number[] {
  const { ids, idsEnd, stride, rows, out, row, rowEnd, part: id, touched } = scoreLocals;
  return [
    ...[...get(ids), ...set(id), ...control.block, ...control.loop],
    ...[...get(id), ...get(idsEnd), ...i32.greaterEqualUnsigned, ...branchIf(1)],
    ...[...get(id), ...i32.load, ...get(stride), ...i32.multiply, ...get(rows), ...i32.add, ...set(row)],
    ...[...get(row), ...get(stride), ...i32.add, ...set(rowEnd)],
    ...control.loop,
    ...[...get(touched), ...get(row), ...i32.load, ...i32.add, ...set(touched)],
    ...[...get(row), ...i32.constant(codesStep), ...i32.add, ...set(row)],
    ...[...get(row), ...get(rowEnd), ...i32.lessUnsigned, ...branchIf(0), ...control.end],
    ...[...get(id), ...i32.constant(4), ...i32.add, ...set(id)],
    ...[...branch(0), ...control.end, ...control.end],
    ...[...get(out), ...get(touched), ...i32.store],
  ];
}

function scoreCode(): readonly number[] {
  const { ids, idsEnd, query, stride, rows, out, row, rowEnd, part, sum } = scoreLocals;
  const sumOf = (k: number): number => sum + (k % 4);
  const lane = (index: number) => [...get(sum), ...i32x4.lane(index)];
  return [
    ...touchCode(),
    ...[...control.block, ...control.loop],
    ...[...get(ids), ...get(idsEnd), ...i32.greaterEqualUnsigned, ...branchIf(1)],
    ...[...get(ids), ...i32.load, ...get(stride), ...i32.multiply, ...get(rows), ...i32.add, ...set(row)],
    ...[...get(row), ...get(stride), ...i32.add, ...set(rowEnd), ...get(query), ...set(part)],
    ...[0, 1, 2, 3].flatMap((k) => [...v128.zero, ...set(sum + k)]),
    ...control.loop,
    ...eights.flatMap((k) => [
      ...[...get(sumOf(k)), ...get(row), ...v128.loadWidened(8 * k), ...get(part), ...v128.load(16 * k)],
      ...[...i32x4.dotOfPairs, ...i32x4.add, ...set(sumOf(k))],
    ]),
    ...[...get(part), ...i32.constant(2 * codesStep), ...i32.add, ...set(part)],
    ...[...get(row), ...i32.constant(codesStep), ...i32.add, ...set(row)],
    ...[...get(row), ...get(rowEnd), ...i32.lessUnsigned, ...branchIf(0), ...control.end],
    ...[...get(sum), ...get(sum + 1), ...i32x4.add, ...get(sum + 2), ...get(sum + 3), ...i32x4.add, ...i32x4.add],
    ...set(sum),
    ...[...get(out), ...lane(0), ...lane(1), ...i32.add, ...lane(2), ...lane(3), ...i32.add, ...i32.add, ...i32.store],
    ...[...get(out), ...i32.constant(4), ...i32.add, ...set(out)],
    ...[...get(ids), ...i32.constant(4), ...i32.add, ...set(ids)],
    ...[...branch(0), ...control.end, ...control.end],
  ];
}
