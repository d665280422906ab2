import { sha256Bytes } from "./sha256.ts";

/**
 * Merkle trees as Certificate Transparency makes them: a leaf's hash begins with a byte 0x00 and a node's with 0x01, so
 * that neither can pass for the other; a list is split at the largest power of two below its length; the tree of nothing
 * is the hash of nothing.
 *
 * @source Laurie, Langley, Kasper: Certificate Transparency, RFC 6962, June 2013, section 2.1
 */
const leafSign = Uint8Array.of(0);
const nodeSign = Uint8Array.of(1);

export function leafHash(...pieces: readonly (string | Uint8Array)[]): Buffer {
  return sha256Bytes(leafSign, ...pieces);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256Bytes(nodeSign, left, right);
}

/** @param leaves - Hashes of the leaves, in order. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256Bytes();
  if (leaves.length === 1) return first;
  const split = splitOf(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/** One neighbour on the way from a leaf to the root, and where it stands. */
export interface PathStep {
  readonly side: "left" | "right";
  /** Hexadecimal. */
  readonly hash: string;
}

/** The neighbours of a leaf, from the leaf upwards: `PATH` of section 2.1.1. */
export function pathOfLeaf(leaves: readonly Uint8Array[], index: number): readonly PathStep[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...pathOfLeaf(left, index), { side: "right", hash: hexOf(treeHash(right)) }]
    : [...pathOfLeaf(right, index - split), { side: "left", hash: hexOf(treeHash(left)) }];
}

/** What a path leads to. */
export function climbPath(leaf: Uint8Array, path: readonly PathStep[]): Uint8Array {
  return path.reduce<Uint8Array>((below, { side, hash }) => {
    const neighbour = Buffer.from(hash, "hex");
    return side === "left" ? nodeHash(neighbour, below) : nodeHash(below, neighbour);
  }, leaf);
}

export function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}

/** The largest power of two below `length`, which is at least 2. */
function splitOf(length: number): number {
  return 2 ** (31 - Math.clz32(length - 1));
}
