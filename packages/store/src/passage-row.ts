import type { StoredPassage } from "@larder/contracts";
import { and, eq } from "drizzle-orm";
import { documentVersions, passages } from "./schema/index.ts";

/** A passage with its document's title. */
export const passageColumns = {
  id: passages.id,
  label: passages.label,
  documentId: passages.documentId,
  version: passages.version,
  ordinal: passages.ordinal,
  title: documentVersions.title,
  headings: passages.headings,
  page: passages.page,
  text: passages.text,
  start: passages.startOffset,
  end: passages.endOffset,
  lead: passages.lead,
  tokens: passages.tokens,
};

/** Joins each of the passages with the version that it is of. */
export const isVersionOfPassage = and(
  eq(documentVersions.documentId, passages.documentId),
  eq(documentVersions.version, passages.version),
);

export type PassageRow = Omit<StoredPassage, "page"> & { readonly page: number | null };

export function toStoredPassage({ page, ...row }: PassageRow): StoredPassage {
  return page === null ? row : { ...row, page };
}
