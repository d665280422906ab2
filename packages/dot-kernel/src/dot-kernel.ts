import { assembleModule, branch, branchIf, control, f32, f32x4, get, i32, set, tee, v128 } from "./assembler.ts";
import type { LinearMemory } from "./linear-memory.ts";
import { instanceMaker } from "./linear-memory.ts";

/**
 * Dot products of one vector with many, in WebAssembly's 128-bit SIMD: V8 does not vectorise loops over a Float32Array,
 * and this is 7 to 10 times faster (docs/decisions/0003-vector-index.md has the figures). The module is assembled here from
 * its instructions, so there is no binary to trust and no tool to install. In WebAssembly's own text it reads
 *
 *     (func $dots (param $row i32) (param $end i32) (param $stride i32) (param $query i32) (param $out i32)
 *       (local $i i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
 *       block loop                                   ;; while row < end
 *         (br_if 1 (i32.ge_u row end))
 *         a = b = c = d = 0, i = 0
 *         loop                                       ;; 16 floats a turn
 *           a += load(row + i) * load(query + i)     ;; b, c, d: the same at + 16, + 32, + 48 bytes
 *           (br_if 0 (i32.lt_u (local.tee i (i32.add i 64)) stride))
 *         end
 *         a = (a + b) + (c + d)
 *         (f32.store out (a0 + a1) + (a2 + a3))
 *         out += 4, row += stride, br 0
 *       end end)
 *
 * The order of additions is fixed and WebAssembly's float arithmetic is exact IEEE 754: the same bits on every machine.
 */
export interface DotKernel {
  /**
   * Writes one float32 for each row in `[row, end)` from `out` on. All arguments are byte addresses in the memory,
   * `stride` is the bytes of a row and a multiple of {@link strideBytesStep}.
   */
  dots(row: number, end: number, stride: number, query: number, out: number): void;
}

/** Bytes of one turn of the inner loop: rows are padded with zeros to a multiple of this. */
export const strideBytesStep = 64;

const instanceFor = instanceMaker(assembleDots);

export function createDotKernel(memory: LinearMemory): DotKernel {
  return instanceFor(memory) as DotKernel; // its one export is `dots`
}

const [row, end, stride, query, out, i, sum] = [0, 1, 2, 3, 4, 5, 6] as const; // locals; sums take 6 … 9
const lanes = [0, 1, 2, 3] as const;

function assembleDots(): Uint8Array {
  const load = (pointer: number, offset: number) => [...get(pointer), ...get(i), ...i32.add, ...v128.load(offset)];
  const lane = (index: number) => [...get(sum), ...f32x4.lane(index)];
  const code = [
    ...[...control.block, ...control.loop],
    ...[...get(row), ...get(end), ...i32.greaterEqualUnsigned, ...branchIf(1)],
    ...lanes.flatMap((k) => [...v128.zero, ...set(sum + k)]),
    ...[...i32.constant(0), ...set(i)],
    ...control.loop,
    ...lanes.flatMap((k) => [
      ...get(sum + k),
      ...load(row, 16 * k),
      ...load(query, 16 * k),
      ...f32x4.multiply,
      ...f32x4.add,
      ...set(sum + k),
    ]),
    ...[...get(i), ...i32.constant(strideBytesStep), ...i32.add, ...tee(i)],
    ...[...get(stride), ...i32.lessUnsigned, ...branchIf(0), ...control.end],
    ...[...get(sum), ...get(sum + 1), ...f32x4.add, ...get(sum + 2), ...get(sum + 3), ...f32x4.add, ...f32x4.add],
    ...set(sum),
    ...[...get(out), ...lane(0), ...lane(1), ...f32.add, ...lane(2), ...lane(3), ...f32.add, ...f32.add, ...f32.store],
    ...[...get(out), ...i32.constant(4), ...i32.add, ...set(out)],
    ...[...get(row), ...get(stride), ...i32.add, ...set(row)],
    ...[...branch(0), ...control.end, ...control.end],
  ];
  return assembleModule([{ name: "dots", parameters: 5, locals: [1, 4], code }]);
}
