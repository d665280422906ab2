import type { CompoundFile, CompoundStorage } from "@larder/compound-file";
import { decodeCodePage } from "../decode-code-page.ts";

const fixedStream = "__properties_version1.0";
const entryBytes = 16;
const codePageTag = 0x3ffd0003;
/** 100 ns from 1601 to 1970. */
const filetimeEpoch = 116_444_736_000_000_000n;

/** Properties of a message or an attachment ([MS-OXMSG]): texts are streams of their own, numbers stand in one stream. */
export class MsgProperties {
  readonly #file: CompoundFile;
  readonly #storage: CompoundStorage;
  readonly #fixed: ReadonlyMap<number, Buffer>;

  /** `headerBytes` stand before the numbers: 32 in a message, 8 in an attachment. */
  constructor(file: CompoundFile, storage: CompoundStorage, headerBytes: number) {
    this.#file = file;
    this.#storage = storage;
    const fixed = new Map<number, Buffer>();
    const bytes = this.#read(fixedStream) ?? Buffer.alloc(0);
    for (let at = headerBytes; at + entryBytes <= bytes.length; at += entryBytes) {
      fixed.set(bytes.readUInt32LE(at), bytes.subarray(at + 8, at + entryBytes));
    }
    this.#fixed = fixed;
  }

  /** A text by its four hexadecimal digits, however it is kept. */
  text(id: string): string {
    const wide = this.#read(`__substg1.0_${id}001f`);
    if (wide !== undefined) return withoutEnd(wide.toString("utf16le"));
    const narrow = this.#read(`__substg1.0_${id}001e`);
    return narrow === undefined
      ? ""
      : withoutEnd(decodeCodePage(narrow, this.#fixed.get(codePageTag)?.readUInt32LE(0) ?? 1252));
  }

  bytes(id: string): Buffer | undefined {
    return this.#read(`__substg1.0_${id}0102`);
  }

  time(tag: number): Date | undefined {
    const value = this.#fixed.get(tag)?.readBigUInt64LE(0) ?? 0n;
    const time = value < filetimeEpoch ? Number.NaN : Number((value - filetimeEpoch) / 10_000n);
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? undefined : date;
  }

  #read(name: string): Buffer | undefined {
    const stream = this.#storage.get(name);
    return stream?.kind === "stream" ? Buffer.from(this.#file.read(stream)) : undefined;
  }
}

/** Without the zeros that some programs end a text with. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}
