import type { DocumentId, Evidence, PassageId } from "@larder/contracts";

/** A piece of evidence that is one whole passage, by default the first of its document. */
export function evidenceOf(text: string, more: Partial<Evidence> = {}): Evidence {
  const { start = 0, passageId = "psg_1" as PassageId } = more;
  return {
    passageId,
    passageIds: [passageId],
    documentId: "doc_1" as DocumentId,
    version: 1,
    title: "Handbook",
    headings: [],
    start,
    end: start + text.length,
    text,
    tokens: 1,
    score: 1,
    scores: {},
    ...more,
  };
}
