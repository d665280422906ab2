/** Places where a process can be made to die, for tests of what a crash leaves behind; in the order of an upload's life. */
export const failPointNames = [
  /** The bytes of an upload are durable; no document is. */
  "after-blob",
  /** Document, job and task are durable; the sender has no reply. */
  "after-accept",
  /** A worker holds the task. */
  "after-lease",
  "after-parse",
  /** A stage file was kept, of the parsed text or of vectors. */
  "after-stage",
  "after-embed",
  "before-publish",
  /** The version is live; nobody was told. */
  "after-publish",
  /** Some documents of a reindexing were put into the queue. */
  "after-reindex-step",
  /** Searches see another generation; nobody was told. */
  "after-swap",
  /** A slice of a former generation was removed. */
  "after-remains",
] as const;

export type FailPointName = (typeof failPointNames)[number];

/** Called where a process may be made to die. Does nothing, unless a test says otherwise. */
export type ReachFailPoint = (name: FailPointName) => void;

export const noFailPoint: ReachFailPoint = () => undefined;
