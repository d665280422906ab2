import type { StoredPassage } from "@larder/contracts";
import { and, eq } from "drizzle-orm";
import { decodeSentences } from "./passage-sentences.ts";
import { documentVersions, passages } from "./schema/index.ts";

/** A passage with its document's title and file name. */
export const passageColumns = {
  id: passages.id,
  label: passages.label,
  documentId: passages.documentId,
  version: passages.version,
  ordinal: passages.ordinal,
  title: documentVersions.title,
  fileName: documentVersions.fileName,
  headings: passages.headings,
  page: passages.page,
  text: passages.text,
  start: passages.startOffset,
  end: passages.endOffset,
  lead: passages.lead,
  tokens: passages.tokens,
  sentences: passages.sentences,
};

/** Joins each of the passages with the version that it is of. */
export const isVersionOfPassage = and(
  eq(documentVersions.documentId, passages.documentId),
  eq(documentVersions.version, passages.version),
);

export type PassageRow = Omit<StoredPassage, "fileName" | "page" | "sentences"> & {
  readonly fileName: string | null;
  readonly page: number | null;
  readonly sentences: Buffer | null;
};

export function toStoredPassage({ fileName, page, sentences: bytes, ...row }: PassageRow): StoredPassage {
  const sentences = decodeSentences(bytes, row.text.length);
  return {
    ...row,
    ...(fileName === null ? {} : { fileName }),
    ...(page === null ? {} : { page }),
    ...(sentences === undefined ? {} : { sentences }),
  };
}
