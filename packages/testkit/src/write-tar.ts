/** What a header claims may differ from what follows it: hostile archives are made that way. */
export interface TarEntryToWrite {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** @defaultValue "0", a file */
  readonly type?: string;
  readonly declaredBytes?: number;
  /** Goes before the name, as ustar has it. */
  readonly prefix?: string;
}

/** A TAR (ustar) with exactly these entries, however wrong they are. */
export function writeTar(entries: readonly TarEntryToWrite[], { hasEnd = true } = {}): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    return [header(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(hasEnd ? 1024 : 0)]);
}

/** One record of a POSIX extension, the length at its start included. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (length !== Buffer.byteLength(rest) + String(length).length)
    length = Buffer.byteLength(rest) + String(length).length;
  return `${length}${rest}`;
}

function header({ name, type = "0", declaredBytes, prefix = "" }: TarEntryToWrite, contentBytes: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, "utf8");
  block.write("0000644\0", 100);
  const size = declaredBytes ?? contentBytes;
  if (size < 8 ** 11) block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\0" + "00", 257);
  block.write(prefix, 345, 155, "utf8");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
