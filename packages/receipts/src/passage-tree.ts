import type { PathStep } from "./merkle-tree.ts";
import { climbPath, hexOf, leafHash, nodeHash, pathOfLeaf, treeHash } from "./merkle-tree.ts";
import { sha256Bytes } from "./sha256.ts";

/**
 * The Merkle tree over the passages of a knowledge base. It has 4,096 buckets, whatever the number of passages. A passage
 * lies in the bucket that the first 12 bits of its id's SHA-256 name; in a bucket passages stand in the order of their
 * ids (UTF-16 code units), as an RFC 6962 tree. The buckets' hashes are the lowest row of a complete tree of 12 levels.
 * So a changed passage costs its bucket (24 leaves of 100,000) and 12 nodes, the root depends on nothing but the set of
 * passages, and each passage has one place, where its absence can be shown as well.
 */
export const bucketCount = 4_096;

/** What of a passage its leaf covers. */
export interface PassageFacts {
  readonly passageId: string;
  /** Of the text as UTF-8, hexadecimal. */
  readonly textSha256: string;
  /** Of the vector's 32-bit floats in little-endian order, hexadecimal. */
  readonly vectorSha256: string;
}

export function bucketOf(passageId: string): number {
  return sha256Bytes(passageId).readUInt16BE(0) >>> 4;
}

/** `SHA-256(0x00 ‖ id as UTF-8 ‖ text's hash ‖ vector's hash)`: the two hashes are 32 bytes each, so the id's end is known. */
export function passageLeaf({ passageId, textSha256, vectorSha256 }: PassageFacts): Buffer {
  return leafHash(passageId, Buffer.from(textSha256, "hex"), Buffer.from(vectorSha256, "hex"));
}

export interface BucketLeaf {
  readonly passageId: string;
  readonly leaf: Uint8Array;
}

function sortLeaves(leaves: readonly BucketLeaf[]): readonly BucketLeaf[] {
  return leaves.toSorted((a, b) => (a.passageId < b.passageId ? -1 : 1));
}

const hashBytes = 32;

/** The upper part of the tree. Begins as that of an empty knowledge base; takes 256 KiB. */
export class PassageTree {
  /** As in a heap: node `i` stands above `2i` and `2i + 1`; the buckets are the last half. */
  readonly #nodes = new Uint8Array(2 * bucketCount * hashBytes);

  /** @param buckets - Of another tree, which this one begins as. */
  constructor(buckets?: Uint8Array) {
    if (buckets === undefined) this.#fillEmpty();
    else this.#fill(buckets);
  }

  /** The buckets' hashes, one after another: 128 KiB that all else follows from. A view, which later updates change. */
  get buckets(): Uint8Array {
    return this.#nodes.subarray(bucketCount * hashBytes);
  }

  /** @param changed - All leaves of each bucket that is not as it was, in any order. */
  update(changed: ReadonlyMap<number, readonly BucketLeaf[]>): void {
    for (const [bucket, leaves] of changed) {
      this.#set(bucketCount + bucket, treeHash(sortLeaves(leaves).map(({ leaf }) => leaf)));
    }
    let row = new Set([...changed.keys()].map((bucket) => (bucketCount + bucket) >>> 1));
    while (row.size > 0) {
      for (const i of row) this.#join(i);
      row = new Set([...row].filter((i) => i > 1).map((i) => i >>> 1));
    }
  }

  /** Hexadecimal. */
  get root(): string {
    return hexOf(this.#at(1));
  }

  /** From a bucket to the root. */
  pathOfBucket(bucket: number): readonly PathStep[] {
    const steps: PathStep[] = [];
    for (let i = bucketCount + bucket; i > 1; i >>>= 1) {
      steps.push({ side: i % 2 === 0 ? "right" : "left", hash: hexOf(this.#at(i ^ 1)) });
    }
    return steps;
  }

  #fill(buckets: Uint8Array): void {
    this.#nodes.set(buckets, bucketCount * hashBytes);
    for (let i = bucketCount - 1; i >= 1; i--) this.#join(i);
  }

  #fillEmpty(): void {
    let hash = treeHash([]);
    for (let first = bucketCount; first >= 1; first /= 2) {
      for (let i = first; i < 2 * first; i++) this.#set(i, hash);
      hash = nodeHash(hash, hash);
    }
  }

  #join(i: number): void {
    this.#set(i, nodeHash(this.#at(2 * i), this.#at(2 * i + 1)));
  }

  #at(i: number): Uint8Array {
    return this.#nodes.subarray(i * hashBytes, (i + 1) * hashBytes);
  }

  #set(i: number, hash: Uint8Array): void {
    this.#nodes.set(hash, i * hashBytes);
  }
}

/** That a passage with this text and this vector belongs to what a root covers. */
export interface InclusionProof extends PassageFacts {
  /** From the leaf to its bucket, then to the root. */
  readonly path: readonly PathStep[];
}

/** `undefined` when the bucket does not hold the passage with this text and this vector. */
export function proveInclusion(
  tree: PassageTree,
  facts: PassageFacts,
  bucketLeaves: readonly BucketLeaf[],
): InclusionProof | undefined {
  const sorted = sortLeaves(bucketLeaves);
  const own = passageLeaf(facts);
  const index = sorted.findIndex(({ passageId, leaf }) => passageId === facts.passageId && own.equals(leaf));
  if (index === -1) return undefined;
  const inBucket = pathOfLeaf(
    sorted.map(({ leaf }) => leaf),
    index,
  );
  return { ...facts, path: [...inBucket, ...tree.pathOfBucket(bucketOf(facts.passageId))] };
}

/**
 * Needs nothing but the proof: no index, no text, no vector. A proof comes from somebody else, so each hash must be one:
 * a leaf is bytes without commas, and a text's hash that were longer could hold the vector's as well.
 */
export function verifyInclusion(root: string, { path, ...facts }: InclusionProof): boolean {
  const hashes = [facts.textSha256, facts.vectorSha256, ...path.map(({ hash }) => hash)];
  if (!hashes.every((hash) => sha256Form.test(hash))) return false;
  return hexOf(climbPath(passageLeaf(facts), path)) === root && endsInBucket(facts.passageId, path);
}

const sha256Form = /^[0-9a-f]{64}$/;

/** The last twelve steps must lead up from the passage's own bucket. */
function endsInBucket(passageId: string, path: readonly PathStep[]): boolean {
  const bucket = bucketOf(passageId);
  const levels = Math.log2(bucketCount);
  const upper = path.slice(-levels);
  return (
    upper.length === levels && upper.every(({ side }, level) => (side === "left") === (((bucket >>> level) & 1) === 1))
  );
}
