import type { DocumentId, JobId, KnowledgeBaseId, PassageId, ReceiptId } from "@larder/contracts";
import { isId, LarderError } from "@larder/contracts";

/** An id of the wrong shape gets the answer of one that does not exist: nobody learns more from either. */
export function knowledgeBaseIdOf(text: string): KnowledgeBaseId {
  if (!isId("knowledgeBase", text)) throw new LarderError("KNOWLEDGE_BASE_NOT_FOUND");
  return text;
}

export function documentIdOf(text: string): DocumentId {
  if (!isId("document", text)) throw new LarderError("DOCUMENT_NOT_FOUND");
  return text;
}

export function jobIdOf(text: string): JobId {
  if (!isId("job", text)) throw new LarderError("JOB_NOT_FOUND");
  return text;
}

export function receiptIdOf(text: string): ReceiptId {
  if (!isId("receipt", text)) throw new LarderError("RECEIPT_NOT_FOUND");
  return text;
}

export function passageIdOf(text: string): PassageId {
  if (!isId("passage", text)) throw new LarderError("PASSAGE_NOT_IN_RECEIPT");
  return text;
}
