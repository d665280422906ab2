const sectorBytes = 512;
const none = 0xffffffff;
const endOfChain = 0xfffffffe;
const tableSector = 0xfffffffd;

/** A compound file with these streams in its root, up to 120 sectors. Small streams get no small sectors: they are padded to 4,096 bytes. */
export function writeCompoundFile(streams: Readonly<Record<string, Uint8Array>>): Buffer {
  const names = Object.keys(streams);
  const directorySectors = Math.ceil((names.length + 1) / 4);
  const next: number[] = [tableSector];
  const chain = (sectors: number): number => {
    const first = next.length;
    for (let i = 1; i <= sectors; i += 1) next.push(i === sectors ? endOfChain : first + i);
    return first;
  };
  const directoryAt = chain(directorySectors);
  const contents = names.map((name) => pad(Buffer.from(streams[name] ?? []), 4096));
  const places = contents.map((content) => chain(content.length / sectorBytes));
  const directory = Buffer.concat([
    directoryEntry("Root Entry", 5, names.length === 0 ? none : 1, none, endOfChain, 0),
    ...names.map((name, i) =>
      directoryEntry(name, 2, none, i + 1 < names.length ? i + 2 : none, places[i] ?? 0, contents[i]?.length ?? 0),
    ),
  ]);
  const table = Buffer.alloc(sectorBytes, 0xff);
  for (const [index, value] of next.entries()) table.writeUInt32LE(value, 4 * index);
  return Buffer.concat([header(directoryAt), table, pad(directory, directorySectors * sectorBytes), ...contents]);
}

function header(directoryAt: number): Buffer {
  const bytes = Buffer.alloc(512, 0xff);
  Buffer.from("d0cf11e0a1b11ae1", "hex").copy(bytes);
  bytes.fill(0, 8, 76);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt32LE(1, 44);
  bytes.writeUInt32LE(directoryAt, 48);
  bytes.writeUInt32LE(4096, 56);
  bytes.writeUInt32LE(endOfChain, 60);
  bytes.writeUInt32LE(endOfChain, 68);
  bytes.writeUInt32LE(0, 76);
  return bytes;
}

function directoryEntry(name: string, type: number, child: number, right: number, at: number, size: number): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(name, "utf16le");
  entry.writeUInt16LE(2 * name.length + 2, 64);
  entry.writeUInt8(type, 66);
  entry.writeUInt32LE(none, 68);
  entry.writeUInt32LE(right, 72);
  entry.writeUInt32LE(child, 76);
  entry.writeUInt32LE(at, 116);
  entry.writeUInt32LE(size, 120);
  return entry;
}

function pad(bytes: Buffer, least: number): Buffer {
  const length = Math.max(least, Math.ceil(bytes.length / sectorBytes) * sectorBytes);
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}
