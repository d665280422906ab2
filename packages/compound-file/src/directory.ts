import { malformedCompound } from "./sectors.ts";

export interface CompoundStream {
  readonly kind: "stream";
  readonly name: string;
  readonly firstSector: number;
  readonly bytes: number;
}

/** What a storage holds, by name in lower case. */
export type CompoundStorage = ReadonlyMap<string, CompoundStream | CompoundFolder>;

export interface CompoundFolder {
  readonly kind: "storage";
  readonly name: string;
  readonly entries: CompoundStorage;
}

const entryBytes = 128;
const none = 0xffffffff;
const storageType = 1;
const streamType = 2;
const rootType = 5;

/** Storages in storages deeper than this are left out. Mails in mails are the deepest that programs make. */
const depthMax = 64;

/**
 * The tree of storages. Siblings form a binary tree of their own, whose order does not matter here.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` for an entry that is in the tree twice
 */
export function readDirectory(directory: Buffer): { root: CompoundStorage; rootStream: CompoundStream } {
  const entries = Math.floor(directory.length / entryBytes);
  if (entries === 0 || directory.readUInt8(66) !== rootType) throw malformedCompound("directory");
  const seen = new Set<number>();

  function readStorage(child: number, depth: number): CompoundStorage {
    const found = new Map<string, CompoundStream | CompoundFolder>();
    const waiting = [child];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (index === none) continue;
      if (index >= entries || seen.has(index)) throw malformedCompound("directory");
      seen.add(index);
      const at = index * entryBytes;
      waiting.push(directory.readUInt32LE(at + 68), directory.readUInt32LE(at + 72));
      const name = nameAt(directory, at);
      const type = directory.readUInt8(at + 66);
      if (type === streamType) found.set(name.toLowerCase(), streamAt(directory, at, name));
      if (type !== storageType || depth >= depthMax) continue;
      const inner = readStorage(directory.readUInt32LE(at + 76), depth + 1);
      found.set(name.toLowerCase(), { kind: "storage", name, entries: inner });
    }
    return found;
  }

  return { root: readStorage(directory.readUInt32LE(76), 0), rootStream: streamAt(directory, 0, "") };
}

function nameAt(directory: Buffer, at: number): string {
  const bytes = Math.min(64, directory.readUInt16LE(at + 64));
  return directory.toString("utf16le", at, at + Math.max(0, bytes - 2));
}

/** Sizes have 64 bits in files of version 4; the upper half of older ones holds anything. */
function streamAt(directory: Buffer, at: number, name: string): CompoundStream {
  return {
    kind: "stream",
    name,
    firstSector: directory.readUInt32LE(at + 116),
    bytes: directory.readUInt32LE(at + 120),
  };
}
