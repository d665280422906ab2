import type { Call } from "./call.ts";
import { LarderError, toErrorRecord } from "./errors/larder-error.ts";
import type { KnowledgeBaseId, ReceiptId } from "./ids.ts";
import type { Attempt, SentCall } from "./routing.ts";

/** What is being asked of providers for an answer that has no receipt yet. */
export interface CallIntent {
  /** Of the receipt that is to be written. */
  readonly receiptId: ReceiptId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly createdAtMs: number;
  readonly priceBookId: string;
  /** Those that are over, then those under way, as they are told if the process dies now. */
  readonly attempts: readonly Attempt[];
}

/**
 * Calls under way, so that a process that dies leaves word of them: without it a provider's bill would have no row in the
 * ledger. An intent is gone with the receipt of its id, in the transaction that writes it.
 */
export interface CallIntents {
  /**
   * Written beside the call: returns at once, nobody waits for the disk. A later one of the same receipt stands in the
   * place of the earlier. One that cannot be written is left out, for no answer is to fail for it.
   */
  note(intent: CallIntent): void;
  /**
   * Writes a receipt for each intent that was left behind; durable when it returns. Only for whoever alone works on the
   * data, before anything is asked.
   * @returns how many
   */
  recover(call: Call): Promise<number>;
}

const interruption = toErrorRecord(new LarderError("ATTEMPT_INTERRUPTED")); // once: an error's stack takes longer than the rest

/** A call under way, as it is told of a process that died: whether it was billed, nobody knows. */
export function interruptedAttempt({ provider, model, startedAtMs }: SentCall): Attempt {
  return { provider, model, outcome: "aborted", billed: "unknown", startedAtMs, totalMs: 0, error: interruption };
}

/** Follows the calls of one answer: told of each that is sent and of each that is over. */
export interface FollowedCalls {
  onSend(sent: SentCall): void;
  onAttempt(attempt: Attempt): void;
}

/** @param note - Told at each sending of all attempts so far, as they are if the process dies now */
export function followCalls(note: (attempts: readonly Attempt[]) => void): FollowedCalls {
  const over: Attempt[] = [];
  let running: readonly SentCall[] = [];
  return {
    onSend(sent) {
      running = [...running, sent];
      note([...over, ...running.map(interruptedAttempt)]);
    },
    onAttempt(attempt) {
      over.push(attempt);
      running = running.filter(({ provider, model }) => provider !== attempt.provider || model !== attempt.model);
    },
  };
}
