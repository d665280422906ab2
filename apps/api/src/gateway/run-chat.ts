import { interruptedRoute, nobodyAsked, spendingOf } from "@larder/answering";
import type {
  AnswerContent,
  Attempt,
  Call,
  FinishReason,
  NanoUsd,
  ReceiptId,
  Route,
  RoutedEvent,
  RoutedRequest,
  ToolCall,
  ToolCallDelta,
  Usage,
} from "@larder/contracts";
import { followCalls, LarderError, noKnowledgeBase, toolCallsOf } from "@larder/contracts";
import type { Larder } from "../larder.ts";
import { fromErrorRecord } from "../problem.ts";
import { candidatesKept, toChatReceipt } from "./chat-receipt.ts";

/** What was spent is written down however long the disk takes, also when the reader has left. */
const uninterrupted: Call = { signal: new AbortController().signal };

export interface CompletedChat {
  readonly text: string;
  /** Absent where none was made. */
  readonly toolCalls?: readonly ToolCall[];
  readonly finishReason: FinishReason;
  /** Of the attempt that answered. */
  readonly usage: Usage;
  /** Of all attempts; absent when any of them has no known cost. */
  readonly cost?: NanoUsd;
  readonly route: Route;
  readonly receiptId: ReceiptId;
}

export type ChatEvent =
  | AnswerContent
  /** `recorded` resolves when the receipt is on disk; it need not be waited for before the text is shown. */
  | { readonly kind: "completed"; readonly chat: CompletedChat; readonly recorded: Promise<void> };

export interface ChatPorts extends Pick<Larder, "router" | "ledger" | "callIntents" | "clock" | "tokenCounter"> {
  /** Told of every route that is written down. */
  onRoute(route: Route): void;
}

/**
 * One chat over the router: content as it comes, then `completed`. Whatever was sent is written down with one receipt,
 * also when it failed or the reader left; while it is being sent, an intent stands for it, so that a process which dies
 * leaves word of it.
 * @throws {@link LarderError} `POLICY_UNSATISFIABLE` when nobody may be asked, else the last attempt's error
 */
export async function* runChat(
  ports: ChatPorts,
  request: RoutedRequest,
  receiptId: ReceiptId,
  call: Call,
): AsyncGenerator<ChatEvent, void, undefined> {
  const { router, clock } = ports;
  const startMs = clock.monotonicMs();
  const startedAtMs = clock.nowMs();
  let text = "";
  const pieces: ToolCallDelta[] = [];
  let route: Route | undefined;
  let answered: Extract<RoutedEvent, { kind: "answered" }> | undefined;
  let isRecorded = false;
  const told: Attempt[] = [];
  const followed = followCalls((attempts) =>
    ports.callIntents.note({
      receiptId,
      createdAtMs: startedAtMs,
      attempts,
      knowledgeBaseId: noKnowledgeBase,
      priceBookId: router.priceBook.id,
    }),
  );
  const asked: RoutedRequest = {
    ...request,
    candidatesMax: candidatesKept,
    onSend: followed.onSend,
    onAttempt(attempt) {
      told.push(attempt);
      followed.onAttempt(attempt);
    },
  };
  const record = (
    last: Route,
    facts: { readonly errorCode?: string; readonly usage?: Usage; readonly cost?: NanoUsd } = {},
  ): Promise<void> => {
    isRecorded = true;
    if (last.attempts.length === 0) return Promise.resolve(); // nothing was sent
    ports.onRoute(last);
    const { errorCode, usage, cost } = facts;
    const spending = spendingOf(last, usage && { usage, ...(cost === undefined ? {} : { cost }) });
    const receipt = toChatReceipt(ports.tokenCounter.id, request.prompt, last, {
      id: receiptId,
      createdAtMs: startedAtMs,
      ...(spending.usage === undefined ? {} : { usage: spending.usage }),
      ...(spending.cost === undefined ? {} : { cost: spending.cost }),
      costBasis: spending.basis,
      totalMs: clock.monotonicMs() - startMs,
      ...(errorCode === undefined ? {} : { errorCode }),
    });
    return ports.ledger.record(receipt, uninterrupted);
  };
  try {
    for await (const event of router.generate(asked, call)) {
      switch (event.kind) {
        case "routed":
          route = event.route;
          break;
        case "text":
          text += event.text;
          yield event;
          break;
        case "tool_call":
          pieces.push(event.delta);
          yield event;
          break;
        case "broken":
          await record(event.route, { errorCode: event.error.code });
          throw fromErrorRecord(event.error, { receipt_id: receiptId });
        case "unanswered": {
          const error = unansweredError(event.route, receiptId);
          await record(event.route, { errorCode: error.code });
          throw error;
        }
        case "answered":
          answered = event;
          break;
        default:
          event satisfies never;
      }
    }
    if (answered === undefined) throw new LarderError("UNEXPECTED", { cause: new Error("the router gave no end") });
    // Only now: whoever has the end need not ask on, and what the router held for this request must not wait for it.
    const { usage, cost, finishReason, route: last } = answered;
    const known = { usage, ...(cost === undefined ? {} : { cost }) };
    // In the next turn: the end of the stream must not wait until the receipt is written out as text.
    const recorded = nextTurn().then(() => record(last, known));
    isRecorded = true;
    recorded.catch(() => undefined); // whoever waits for it is told; a reader who left is not
    const content = { text, ...toolCallsOf(pieces) };
    yield { kind: "completed", chat: { finishReason, route: last, receiptId, ...content, ...known }, recorded };
  } finally {
    if (!isRecorded && route !== undefined) {
      // The reader left in the middle of a call that may be billed.
      const left = interruptedRoute(route, told, { startedAtMs, endedAtMs: clock.nowMs() });
      await record(left, { errorCode: "REQUEST_ABORTED" });
    }
  }
}

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

function unansweredError(route: Route, receiptId: ReceiptId): LarderError {
  const failure = route.attempts.findLast(({ error }) => error !== undefined)?.error;
  if (failure === undefined) return new LarderError(nobodyAsked(route).code, { details: { reason: route.reason } });
  return fromErrorRecord(failure, { receipt_id: receiptId });
}
