/** Structurally a part of the parser's limits, so that those can be passed as they are. */
export interface ZipLimits {
  /** Most entries that an archive may list. */
  readonly archiveEntriesMax: number;
  /** Most bytes that all reads of one archive may inflate to. */
  readonly inflatedBytesMax: number;
  /** Most inflated bytes for one compressed byte of an entry; small entries are exempt. */
  readonly inflatedRatioMax: number;
}

/** Entries that inflate to no more than this may do so at any ratio: blank forms compress well. */
export const ratioExemptBytes = 1024 * 1024;
