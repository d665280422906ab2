import { LarderError } from "@larder/contracts";

export const pptMediaType = "application/vnd.ms-powerpoint";

/** One record of [MS-PPT], 2.3.1. */
export interface PptRecord {
  readonly type: number;
  readonly instance: number;
  /** Content without the header; a container's is further records. */
  readonly content: Buffer;
}

export function malformedPpt(problem: string): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { mediaType: pptMediaType, problem } });
}

/** @throws {@link LarderError} `DOCUMENT_MALFORMED` for a record that is longer than what holds it */
export function readRecord(bytes: Buffer, at: number): PptRecord {
  if (at + 8 > bytes.length) throw malformedPpt("record");
  const end = at + 8 + bytes.readUInt32LE(at + 4);
  if (end > bytes.length) throw malformedPpt("record");
  return {
    type: bytes.readUInt16LE(at + 2),
    instance: bytes.readUInt16LE(at) >> 4,
    content: bytes.subarray(at + 8, end),
  };
}

export function recordsIn(content: Buffer): readonly PptRecord[] {
  const records: PptRecord[] = [];
  for (let at = 0; at + 8 <= content.length; at += 8 + (records.at(-1)?.content.length ?? 0)) {
    records.push(readRecord(content, at));
  }
  return records;
}
