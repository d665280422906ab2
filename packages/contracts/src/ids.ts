import type { Brand } from "./brand.ts";

export type KnowledgeBaseId = Brand<string, "KnowledgeBaseId">;
export type DocumentId = Brand<string, "DocumentId">;
export type PassageId = Brand<string, "PassageId">;
export type JobId = Brand<string, "JobId">;
export type TaskId = Brand<string, "TaskId">;
export type ReceiptId = Brand<string, "ReceiptId">;
export type ReservationId = Brand<string, "ReservationId">;
export type BatchRequestId = Brand<string, "BatchRequestId">;

/** Prefix of each kind of id on the wire. What follows it is opaque. */
export const idPrefixes = {
  knowledgeBase: "kb_",
  document: "doc_",
  passage: "psg_",
  job: "job_",
  task: "tsk_",
  receipt: "rcp_",
  reservation: "rsv_",
  batchRequest: "brq_",
} as const;

export type IdKind = keyof typeof idPrefixes;

export interface IdByKind {
  readonly knowledgeBase: KnowledgeBaseId;
  readonly document: DocumentId;
  readonly passage: PassageId;
  readonly job: JobId;
  readonly task: TaskId;
  readonly receipt: ReceiptId;
  readonly reservation: ReservationId;
  readonly batchRequest: BatchRequestId;
}

/** Mints ids. A port, so that one seed gives one run. */
export interface Ids {
  /** The kind's prefix followed by at least 80 random bits in lower-case letters and digits. */
  next<Kind extends IdKind>(kind: Kind): IdByKind[Kind];
}

/** Longest id that is accepted at a border, in characters. */
export const idCharactersMax = 64;

/** True when `text` has the shape of an id of this kind; says nothing about whether such a thing exists. */
export function isId<Kind extends IdKind>(kind: Kind, text: string): text is IdByKind[Kind] & string {
  const prefix = idPrefixes[kind];
  return text.length <= idCharactersMax && text.startsWith(prefix) && /^[a-z0-9]{10,}$/.test(text.slice(prefix.length));
}
