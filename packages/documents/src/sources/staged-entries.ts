import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArchiveEntry } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { archivePath, isHiddenPath } from "./archive-path.ts";

/** Writes entries into a folder, under numbers: what an archive calls them reaches no file system. */
export class StagedEntries {
  readonly #folder: string;
  readonly #limits: ParseLimits;
  readonly #staged: ArchiveEntry[] = [];
  #listed = 0;
  #bytes = 0;

  constructor(folder: string, limits: ParseLimits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  /** The staged entries. @throws {@link LarderError} `ARCHIVE_EMPTY` */
  finish(): readonly ArchiveEntry[] {
    if (this.#staged.length === 0) throw new LarderError("ARCHIVE_EMPTY");
    return this.#staged;
  }

  /** Counts an entry of any kind. @throws {@link LarderError} `ARCHIVE_TOO_LARGE`, `ARCHIVE_UNSAFE` */
  list(name: string): string {
    const { archiveEntriesMax } = this.#limits;
    this.#listed += 1;
    if (this.#listed > archiveEntriesMax) throw tooLarge("LARDER_PARSE_ARCHIVE_ENTRIES_MAX", { archiveEntriesMax });
    return archivePath(name);
  }

  /** Writes a file unless it is hidden. Empty ones are kept: whoever reads them says that they are empty. */
  async stage(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (path === "" || isHiddenPath(path)) return;
    const file = join(this.#folder, String(this.#staged.length));
    const before = this.#bytes;
    await pipeline(content, (pieces) => this.#counted(pieces), createWriteStream(file, { flags: "wx", mode: 0o600 }));
    this.#staged.push({ path, file, bytes: this.#bytes - before });
  }

  async *#counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { inflatedBytesMax } = this.#limits;
    for await (const piece of pieces) {
      this.#bytes += piece.byteLength;
      if (this.#bytes > inflatedBytesMax) throw tooLarge("LARDER_PARSE_INFLATED_BYTES_MAX", { inflatedBytesMax });
      yield piece;
    }
  }
}

export function tooLarge(setting: string, limit: Readonly<Record<string, number>>, cause?: unknown): LarderError {
  return new LarderError("ARCHIVE_TOO_LARGE", { details: { setting, ...limit }, cause });
}
