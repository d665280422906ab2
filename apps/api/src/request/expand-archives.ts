import { createReadStream } from "node:fs";
import type { ArchiveEntry, ArchiveReader, BlobStore, Call, Upload } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { cleanFileName } from "./clean-file-name.ts";

export interface ArchiveParts {
  readonly archives: ArchiveReader;
  readonly blobs: BlobStore;
  /** Largest document in bytes. */
  readonly bytesMax: number;
  /** Most documents of one upload, those of all its archives together. */
  readonly documentsMax: number;
}

const entriesStoredAtOnce = 8; // what waits is mostly the disk's word that it has written

/**
 * Puts the files of archives in their places, each an upload of its own. An entry keeps what the sender said of the
 * archive; its title is its own name, its external id that of the archive with its path after `!/`.
 * @throws {@link LarderError} as {@link ArchiveReader.unpack}; `DOCUMENT_TOO_LARGE`
 */
export async function expandArchives(
  uploads: readonly Upload[],
  parts: ArchiveParts,
  call: Call,
): Promise<readonly Upload[]> {
  const expanded: Upload[] = [];
  for (const upload of uploads) {
    const file = await parts.blobs.localFile(upload.sha256, call);
    const { fileName } = upload;
    const entries =
      file === undefined
        ? undefined
        : await parts.archives.unpack(
            { file, ...(fileName === undefined ? {} : { fileName }) },
            (found) => storeEntries(upload, found, parts, call),
            call,
          );
    expanded.push(...(entries ?? [upload]));
    if (expanded.length > parts.documentsMax) throw tooManyDocuments(parts.documentsMax);
  }
  return expanded;
}

async function storeEntries(
  archive: Upload,
  entries: readonly ArchiveEntry[],
  { blobs, bytesMax, documentsMax }: ArchiveParts,
  call: Call,
): Promise<readonly Upload[]> {
  if (entries.length > documentsMax) throw tooManyDocuments(documentsMax);
  const stored: Upload[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < entries.length; i = next++) {
      const entry = entries[i];
      if (entry === undefined) return;
      if (entry.bytes > bytesMax) throw tooLarge(bytesMax);
      const blob = await blobs.put(createReadStream(entry.file), { bytesMax }, call);
      stored[i] = toUpload(archive, entry, blob);
    }
  };
  const lanes = Array.from({ length: entriesStoredAtOnce }, lane);
  const ends = await Promise.allSettled(lanes); // the files are there until the last lane has let go of them
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return stored;
}

function toUpload(archive: Upload, { path }: ArchiveEntry, blob: { sha256: string; bytes: number }): Upload {
  const parts = path.split("/").map(cleanFileName);
  return {
    ...blob,
    title: parts.at(-1) ?? "document",
    fileName: parts.join("/"),
    mediaType: "application/octet-stream", // what it is, its reader finds out
    metadata: { ...archive.metadata, archive: archive.fileName ?? archive.title },
    ...(archive.externalId === undefined ? {} : { externalId: `${archive.externalId}!/${path}` }),
  };
}

function tooLarge(bytesMax: number): LarderError {
  return new LarderError("DOCUMENT_TOO_LARGE", { details: { bytesMax, setting: "LARDER_UPLOAD_BYTES_MAX" } });
}

function tooManyDocuments(documentsMax: number): LarderError {
  return new LarderError("ARCHIVE_TOO_LARGE", { details: { documentsMax, setting: "LARDER_UPLOAD_DOCUMENTS_MAX" } });
}
