/** What one document may grow to while it is read. */
export interface ParseLimits {
  /** Most UTF-16 code units of extracted text. */
  readonly textCharactersMax: number;
  readonly pagesMax: number;
  /** Most elements and pieces of text of one HTML or XML document. */
  readonly htmlNodesMax: number;
  /** Most entries of one archive, or of one document that is an archive inside. */
  readonly archiveEntriesMax: number;
  /** Most bytes that the parts of one archive may inflate to, together. */
  readonly inflatedBytesMax: number;
  /** Most inflated bytes for one compressed byte of a part. */
  readonly inflatedRatioMax: number;
  /** Most XML elements open at the same time. */
  readonly xmlDepthMax: number;
  /** Most parts of one message of mail, those inside other parts included. */
  readonly mailPartsMax: number;
  /** Documents inside one another that are read: 1 is a mail's attachments, 2 those of an attached mail too. */
  readonly nestingMax: number;
}

/** Chosen to stay within the parser's default time and memory on two slow cores. */
export const defaultParseLimits: ParseLimits = {
  textCharactersMax: 20 * 1024 * 1024,
  pagesMax: 10_000,
  htmlNodesMax: 4_000_000,
  archiveEntriesMax: 10_000,
  inflatedBytesMax: 200 * 1024 * 1024,
  inflatedRatioMax: 200,
  xmlDepthMax: 512,
  mailPartsMax: 2_000,
  nestingMax: 2,
};
