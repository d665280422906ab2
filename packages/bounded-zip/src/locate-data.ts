import type { ZipEntry } from "./central-directory.ts";
import { malformedZip } from "./zip-errors.ts";

const localSignature = 0x04034b50;
const localHeaderBytes = 30;

/**
 * The compressed bytes of each entry. Entries that share bytes are refused as a whole: that is how an archive of a few
 * kilobytes claims petabytes.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`
 */
export function locateData(archive: Buffer, entries: readonly ZipEntry[]): ReadonlyMap<ZipEntry, Uint8Array> {
  const data = new Map<ZipEntry, Uint8Array>();
  let free = 0;
  for (const entry of entries.toSorted((a, b) => a.headerOffset - b.headerOffset)) {
    const start = dataStart(archive, entry);
    const end = start + entry.compressedBytes;
    if (end > archive.length) throw malformedZip("truncated");
    if (entry.headerOffset < free) throw malformedZip("overlap");
    free = end;
    data.set(entry, archive.subarray(start, end));
  }
  return data;
}

/** Only the lengths of the local header's name and extra field count; its sizes may be left to a later descriptor. */
function dataStart(archive: Buffer, { headerOffset }: ZipEntry): number {
  if (headerOffset + localHeaderBytes > archive.length) throw malformedZip("truncated");
  if (archive.readUInt32LE(headerOffset) !== localSignature) throw malformedZip("local_header");
  const nameBytes = archive.readUInt16LE(headerOffset + 26);
  return headerOffset + localHeaderBytes + nameBytes + archive.readUInt16LE(headerOffset + 28);
}
