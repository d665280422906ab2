import type { DocumentRange } from "./character-ranges.ts";
import { invalidDataSet } from "./data-set-files.ts";

const file = "gold.jsonl.gz";

/**
 * Gold stretches by query, from rows `{query_id, doc_id, spans: [{start16, end16}]}`; a query may have several rows.
 * @throws {@link LarderError} `DATA_SET_INVALID` for an unknown document or a span outside of its text
 */
export function readGoldSpans(
  rows: readonly Record<string, unknown>[],
  documents: readonly { readonly id: string; readonly text: string }[],
  set: string,
): ReadonlyMap<string, readonly DocumentRange[]> {
  const lengths = new Map(documents.map(({ id, text }) => [id, text.length]));
  const gold = new Map<string, DocumentRange[]>();
  for (const row of rows) {
    const documentId = String(row.doc_id);
    const length = lengths.get(documentId);
    if (length === undefined) throw invalidDataSet(set, file, "a row names a document that the set does not hold");
    if (!Array.isArray(row.spans)) throw invalidDataSet(set, file, "a row has no list of spans");
    const spans = row.spans.map((span: unknown) => toRange(span, documentId, length, set));
    if (spans.length > 0) gold.set(String(row.query_id), [...(gold.get(String(row.query_id)) ?? []), ...spans]);
  }
  return gold;
}

function toRange(span: unknown, documentId: string, length: number, set: string): DocumentRange {
  const { start16: start, end16: end } = (span ?? {}) as Record<string, unknown>;
  const isWhole = typeof start === "number" && typeof end === "number" && Number.isInteger(start + end);
  if (!isWhole || start < 0 || end <= start || end > length) {
    throw invalidDataSet(set, file, "a span does not lie inside its document");
  }
  return { documentId, start, end };
}
