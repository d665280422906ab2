import type { Call } from "./call.ts";

/** What an attempt has made so far, for the next one. Losing any of it costs time and nothing else. */
export interface StageStore {
  /** `undefined` when there is none, or when what is there is damaged. */
  read(key: StageKey, call: Call): Promise<Uint8Array | undefined>;
  /** Durable and whole, or as if it had not been called. */
  write(key: StageKey, content: Uint8Array, call: Call): Promise<void>;
  /** All stages of these bytes. */
  remove(sha256: string): Promise<void>;
  /** Bytes of which there are stages. */
  held(): Promise<readonly string[]>;
}

export interface StageKey {
  /** Of the document's bytes. */
  readonly sha256: string;
  readonly kind: "parsed" | "vectors";
  /** Ids of everything that decided the content: other parts never read it. */
  readonly madeBy: readonly string[];
}
