import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";

/** What proves a file: its length and its content. */
export interface FileProof {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

const pieceBytes = 8 * 2 ** 20; // between two pieces other requests are answered

const blameBytes = 65_536; // more than what is left of the last block

/** Writes a new file piece by piece and gives its proof, once the disk has it. */
export async function writeDurably(file: string, parts: Iterable<Uint8Array>): Promise<FileProof> {
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(file, "wx");
  try {
    for (const part of parts) {
      for (let offset = 0; offset < part.byteLength; offset += pieceBytes) {
        const piece = part.subarray(offset, offset + pieceBytes);
        hash.update(piece);
        await writeWhole(handle, piece);
        bytes += piece.byteLength;
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The proof of a file as it stands on the disk. A directory in its place rejects with `EISDIR`. */
export async function proveFile(file: string): Promise<FileProof> {
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(file, "r");
  try {
    const piece = new Uint8Array(pieceBytes);
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.byteLength);
      if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** Has the disk keep what was written to a file, or which names a folder holds. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * For a file that came out too short and whose writer did not say why: the disk says it to whoever writes on. Rejects with
 * the system's error, such as `ENOSPC`; resolves when there is nothing to blame any more.
 */
export async function blameDisk(file: string): Promise<void> {
  const handle = await open(file, "a");
  try {
    await writeWhole(handle, new Uint8Array(blameBytes));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Fills `target` from the file's present position; false when the file ends before. */
export async function readWhole(handle: FileHandle, target: Uint8Array): Promise<boolean> {
  for (let offset = 0; offset < target.byteLength; ) {
    const length = Math.min(pieceBytes, target.byteLength - offset);
    const { bytesRead } = await handle.read(target, offset, length);
    if (bytesRead === 0) return false;
    offset += bytesRead;
  }
  return true;
}

async function writeWhole(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.byteLength; ) {
    offset += (await handle.write(piece, offset)).bytesWritten; // a disk that fills up writes less than it was given
  }
}
