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

export interface LinearMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages and detaches every view of `buffer`. */
  grow(pages: number): number;
}

/** The part of the standard that is used here: TypeScript declares it for browsers only. */
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => LinearMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly larder: { readonly memory: LinearMemory } },
  ) => { readonly exports: object };
};

export const memoryPageBytes = 65_536;
export const memoryPagesMax = 65_536; // 4 GiB, what a 32-bit address reaches

export function createLinearMemory(pages: number): LinearMemory {
  return new WebAssembly.Memory({ initial: pages, maximum: memoryPagesMax });
}

let compiled: object | undefined;

export function createDotKernel(memory: LinearMemory): DotKernel {
  compiled ??= new WebAssembly.Module(assembleModule());
  return new WebAssembly.Instance(compiled, { larder: { memory } }).exports as DotKernel; // its one export is `dots`
}

const [row, end, stride, query, out, i, sum] = [0, 1, 2, 3, 4, 5, 6] as const; // locals; sums take 6 … 9
const [typeI32, typeV128, emptyBlock] = [0x7f, 0x7b, 0x40] as const;
const [block, loop, close, branch, branchIf] = [0x02, 0x03, 0x0b, 0x0c, 0x0d] as const;
const i32 = { constant: 0x41, add: 0x6a, lessUnsigned: 0x49, greaterEqualUnsigned: 0x4f, step: [0xc0, 0x00] } as const;
const f32 = { add: 0x92, store: [0x38, 2, 0] } as const;
const f32x4 = { add: [0xfd, 0xe4, 1], multiply: [0xfd, 0xe6, 1] } as const;
const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const load = (pointer: number, offset: number): number[] => [...get(pointer), ...get(i), i32.add, 0xfd, 0, 4, offset];
const lane = (index: number): number[] => [...get(sum), 0xfd, 0x1f, index];

function assembleModule(): Uint8Array {
  const lanes = [0, 1, 2, 3];
  const body = [
    ...[2, 1, typeI32, 4, typeV128],
    ...[block, emptyBlock, loop, emptyBlock],
    ...[...get(row), ...get(end), i32.greaterEqualUnsigned, branchIf, 1],
    ...lanes.flatMap((k) => [...zero, ...set(sum + k)]),
    ...[i32.constant, 0, ...set(i)],
    ...[loop, emptyBlock],
    ...lanes.flatMap((k) => [
      ...get(sum + k),
      ...load(row, 16 * k),
      ...load(query, 16 * k),
      ...f32x4.multiply,
      ...f32x4.add,
      ...set(sum + k),
    ]),
    ...[...get(i), i32.constant, ...i32.step, i32.add, ...tee(i), ...get(stride), i32.lessUnsigned, branchIf, 0, close],
    ...[...get(sum), ...get(sum + 1), ...f32x4.add, ...get(sum + 2), ...get(sum + 3), ...f32x4.add, ...f32x4.add],
    ...set(sum),
    ...[...get(out), ...lane(0), ...lane(1), f32.add, ...lane(2), ...lane(3), f32.add, f32.add, ...f32.store],
    ...[...get(out), i32.constant, 4, i32.add, ...set(out)],
    ...[...get(row), ...get(stride), i32.add, ...set(row)],
    ...[branch, 0, close, close, close],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, [1, 0x60, 5, typeI32, typeI32, typeI32, typeI32, typeI32, 0]),
    ...section(2, [1, ...text("larder"), ...text("memory"), 2, 1, 1, ...varint(memoryPagesMax)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("dots"), 0, 0]),
    ...section(10, [1, ...varint(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...varint(content.length), ...content];
}

function text(name: string): number[] {
  return [name.length, ...Buffer.from(name)];
}

/** Unsigned LEB128. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
