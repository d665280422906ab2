import { LarderError } from "@larder/contracts";

/** One record, with the parts that continue it. */
export interface BiffRecord {
  readonly id: number;
  readonly offset: number;
  readonly parts: readonly Buffer[];
}

const continued = 0x3c;
/** What each record has in front: its id and the length of its data, 16 bits each. */
const headBytes = 4;

/** Records from `start` to the end of the stream. A last one that is cut off ends them. Linear. */
export function* biffRecords(stream: Buffer, start: number): Generator<BiffRecord> {
  for (let at = start; at + headBytes <= stream.length; ) {
    const id = stream.readUInt16LE(at);
    const offset = at;
    const parts: Buffer[] = [];
    do {
      const end = at + headBytes + stream.readUInt16LE(at + 2);
      if (end > stream.length) return;
      parts.push(stream.subarray(at + headBytes, end));
      at = end;
    } while (at + headBytes <= stream.length && stream.readUInt16LE(at) === continued);
    yield { id, offset, parts };
  }
}

export function malformedXls(problem: string, cause?: unknown): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "xls", problem }, cause });
}

/** Reads on through the parts of a record. A text may be cut between two parts, each with its own width of characters. */
export class PartReader {
  readonly #parts: readonly Buffer[];
  #part = 0;
  #at = 0;

  constructor(parts: readonly Buffer[]) {
    this.#parts = parts;
  }

  get isAtEnd(): boolean {
    return this.#part >= this.#parts.length - 1 && this.#at >= (this.#parts.at(-1)?.length ?? 0);
  }

  byte(): number {
    this.#advance();
    const value = this.#parts[this.#part]?.[this.#at];
    if (value === undefined) throw malformedXls("record_end");
    this.#at += 1;
    return value;
  }

  word(): number {
    return this.byte() + 256 * this.byte();
  }

  long(): number {
    return this.word() + 65_536 * this.word();
  }

  skip(bytes: number): void {
    for (let left = bytes; left > 0; ) {
      this.#advance();
      const step = Math.min(left, (this.#parts[this.#part]?.length ?? 0) - this.#at);
      if (step <= 0) throw malformedXls("record_end");
      this.#at += step;
      left -= step;
    }
  }

  /** A text with its flags in front: wide characters or narrow ones, formats and phonetics behind it. */
  text(characters: number): string {
    let flags = this.byte();
    const runs = (flags & 8) === 0 ? 0 : this.word();
    const extra = (flags & 4) === 0 ? 0 : this.long();
    const pieces: string[] = [];
    for (let left = characters; left > 0; ) {
      const part = this.#parts[this.#part];
      if (part === undefined || this.#at >= part.length) {
        if (this.#part + 1 >= this.#parts.length) throw malformedXls("record_end");
        this.#part += 1;
        this.#at = 0;
        flags = this.byte();
        continue;
      }
      const width = (flags & 1) === 0 ? 1 : 2;
      const count = Math.min(left, Math.floor((part.length - this.#at) / width));
      if (count === 0) throw malformedXls("record_end");
      pieces.push(part.toString(width === 1 ? "latin1" : "utf16le", this.#at, this.#at + count * width));
      this.#at += count * width;
      left -= count;
    }
    this.skip(4 * runs + extra);
    return pieces.join("");
  }

  #advance(): void {
    while (this.#at >= (this.#parts[this.#part]?.length ?? 0) && this.#part + 1 < this.#parts.length) {
      this.#part += 1;
      this.#at = 0;
    }
  }
}
