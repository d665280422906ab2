import { memoryPagesMax } from "./linear-memory.ts";

/**
 * WebAssembly's binary form, as far as the kernels need it. Instructions are lists of bytes.
 * @source WebAssembly Core Specification 2.0, sections 5.3 to 5.5
 */
export type Code = readonly number[];

const types = { i32: 0x7f, v128: 0x7b } as const;

/** What a loop in which a condition ends the turn, or the whole, is made of. */
export const control = { block: [0x02, 0x40], loop: [0x03, 0x40], end: [0x0b] } as const;

/** Leaves, or in a loop begins anew, the construct that lies `depth` further out. */
export const branch = (depth: number): Code => [0x0c, depth];
export const branchIf = (depth: number): Code => [0x0d, depth];

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
export const tee = (local: number): Code => [0x22, local];

/** Of the 32-bit integers. `offset` is added to the address on the stack. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...signedVarint(value)],
  add: [0x6a],
  multiply: [0x6c],
  lessUnsigned: [0x49],
  greaterEqualUnsigned: [0x4f],
  load: [0x28, 2, 0],
  store: [0x36, 2, 0],
} as const;

export const f32 = { add: [0x92], store: [0x38, 2, 0] } as const;

/** Of the vectors of 128 bits. */
export const v128 = {
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)],
  load: (offset: number): Code => [0xfd, 0x00, 0, ...varint(offset)],
  store: (offset: number): Code => [0xfd, 0x0b, 0, ...varint(offset)],
  /** Eight signed bytes, each made 16 bits wide. */
  loadWidened: (offset: number): Code => [0xfd, 0x01, 0, ...varint(offset)],
} as const;

export const f32x4 = {
  add: [0xfd, 0xe4, 1],
  multiply: [0xfd, 0xe6, 1],
  lane: (index: number): Code => [0xfd, 0x1f, index],
} as const;

export const i32x4 = {
  add: [0xfd, 0xae, 1],
  /** Products of eight pairs of 16 bits, added two by two. */
  dotOfPairs: [0xfd, 0xba, 1],
  lane: (index: number): Code => [0xfd, 0x1b, index],
} as const;

export interface KernelFunction {
  readonly name: string;
  /** Parameters, all of them i32. They are the first locals. */
  readonly parameters: number;
  /** Locals after the parameters: first these many i32, then these many v128. */
  readonly locals: readonly [i32: number, v128: number];
  readonly code: Code;
}

/** A module whose functions give nothing back and share the memory `larder.memory`. */
export function assembleModule(functions: readonly KernelFunction[]): Uint8Array {
  const signatures = functions.map(({ parameters }) => [
    0x60,
    parameters,
    ...new Array<number>(parameters).fill(types.i32),
    0,
  ]);
  const bodies = functions.map(({ locals: [integers, vectors], code }) => {
    const body = [2, integers, types.i32, vectors, types.v128, ...code, ...control.end];
    return [...varint(body.length), ...body];
  });
  const count = functions.length;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, [count, ...signatures.flat()]),
    ...section(2, [1, ...text("larder"), ...text("memory"), 2, 1, 1, ...varint(memoryPagesMax)]),
    ...section(3, [count, ...functions.map((_, i) => i)]),
    ...section(7, [count, ...functions.flatMap(({ name }, i) => [...text(name), 0, i])]),
    ...section(10, [count, ...bodies.flat()]),
  ]);
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...varint(content.length), ...content];
}

function text(name: string): readonly number[] {
  return [name.length, ...Buffer.from(name)];
}

/** Unsigned LEB128. */
function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** Signed LEB128, of what is not negative. */
function signedVarint(value: number): readonly number[] {
  return value < 64 ? [value] : [(value % 128) + 128, ...signedVarint(Math.floor(value / 128))];
}
