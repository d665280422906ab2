import { isUtf8 } from "node:buffer";

export const tarBlockBytes = 512;

/** What a header of 512 bytes says. */
export interface TarHeader {
  readonly name: string;
  /** One character; see {@link readTar}. */
  readonly type: string;
  readonly bytes: number;
}

/**
 * Reads a header, or `undefined` where its checksum is wrong: the sum of all bytes, those of the checksum itself taken
 * as spaces; some old programs summed signed bytes.
 *
 * Layout: name 0-99, size 124-135, checksum 148-155, type 156, magic 257-262, prefix of the name 345-499 (ustar only).
 * Numbers are octal text, or binary where the first bit of their first byte is set.
 *
 * @source POSIX.1-2001, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"
 */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  if (block.length < tarBlockBytes) return undefined;
  const bytes = numberAt(block, 124, 12);
  if (bytes === undefined || !hasValidChecksum(block)) return undefined;
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? textAt(block, 345, 155) : "";
  const name = textAt(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156] ?? 0),
    bytes,
  };
}

export function isTarHeader(block: Buffer): boolean {
  return readTarHeader(block)?.name !== undefined && !isZeroBlock(block);
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function hasValidChecksum(block: Buffer): boolean {
  const stored = numberAt(block, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < tarBlockBytes; i += 1) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
    unsigned += byte;
    signed += byte > 0x7f ? byte - 0x100 : byte;
  }
  return stored === unsigned || stored === signed;
}

function numberAt(block: Buffer, start: number, length: number): number | undefined {
  const field = block.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return field[0] === 0x80 && Number.isSafeInteger(value) ? value : undefined; // 0xff begins a negative one
  }
  const text = field
    .toString("latin1")
    .replace(/[\0 ]+$/u, "")
    .trim();
  return /^[0-7]*$/u.test(text) ? Number.parseInt(text === "" ? "0" : text, 8) : undefined;
}

function textAt(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return decodeTarText(end < 0 ? field : field.subarray(0, end));
}

/** Names have no declared encoding: what is not UTF-8 is shown byte by byte. */
export function decodeTarText(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}
