import type { Call } from "./call.ts";

/** A file that an archive held. */
export interface ArchiveEntry {
  /** Its place in the archive, with `/` between the parts: for show and as a name, never a path to open. */
  readonly path: string;
  /** Local file with its bytes. */
  readonly file: string;
  readonly bytes: number;
}

/** Unpacks archives of documents, which are hostile until the contrary is shown. */
export interface ArchiveReader extends AsyncDisposable {
  /**
   * Hands the files of an archive to `receive`, in the archive's order, and ends with its result; the files are gone by
   * then. Hidden files are left out. `undefined` for what is no archive, which a document is that is one only inside.
   * @throws {@link LarderError} `ARCHIVE_UNSAFE`, `ARCHIVE_TOO_LARGE`, `ARCHIVE_MALFORMED`, `ARCHIVE_ENCRYPTED`,
   * `ARCHIVE_UNSUPPORTED`, `ARCHIVE_EMPTY`; `PARSER_TIMED_OUT`, `PARSER_OUT_OF_MEMORY`, `PARSER_CRASHED`; `STORE_FULL`
   */
  unpack<T>(
    archive: { readonly file: string; readonly fileName?: string },
    receive: (entries: readonly ArchiveEntry[]) => Promise<T>,
    call: Call,
  ): Promise<T | undefined>;
}
