import type { FakeAnswer, FakeFault } from "@larder/testkit";

/**
 * What must become of a request whose cheapest model has the fault: `next`: the next model answers; `broken`: it ends as
 * broken with a beginning of its own text; `whole`: it answers; `stops`: nobody else is asked, and nobody answers.
 */
export type CellOutcome = "next" | "broken" | "whole" | "stops";

export interface FaultCell {
  readonly name: string;
  readonly expected: CellOutcome;
  readonly answer: Partial<FakeAnswer>;
  /** What the provider says it used is not what it bills: no ledger can equal the bill. */
  readonly liesAboutUsage?: boolean;
  /** The delta that the provider itself gives twice. */
  readonly repeatsDelta?: number;
}

/** Faults that a cell's provider has before it can be asked anything. */
export const connectionFaults = ["refused", "dns", "tls"] as const;

const fault = (expected: CellOutcome, kind: FakeFault, more: Partial<FaultCell> = {}): FaultCell => ({
  name: Object.values(kind)
    .map((part) => (typeof part === "object" ? JSON.stringify(part) : String(part)))
    .join(" "),
  expected,
  answer: { fault: kind },
  ...more,
});
const refusal = (code: string) => ({ error: { code, message: code, type: "invalid_request_error" } });

const refusals: readonly FaultCell[] = [
  ...["1", "-3", "1e9", "soon", "Thu, 26 Nov 2026 10:00:00 GMT", "Thu, 26 Nov 2099 10:00:00 GMT"].map((retryAfter) =>
    fault("next", { kind: "status", status: 429, retryAfter }),
  ),
  fault("next", { kind: "status", status: 429, headers: { "retry-after-ms": "30" } }),
  fault("next", { kind: "status", status: 429, headers: { "x-ms-retry-after-ms": "30" } }),
  ...[408, 409, 500, 502, 503, 504, 529].map((status) => fault("next", { kind: "status", status })),
  ...[401, 402, 403].map((status) => fault("next", { kind: "status", status })),
  fault("next", { kind: "status", status: 404, body: refusal("model_not_found") }),
  fault("next", { kind: "status", status: 400, body: refusal("context_length_exceeded") }),
  fault("next", { kind: "status", status: 400, body: refusal("unsupported_parameter") }),
  fault("stops", { kind: "status", status: 400, body: refusal("content_filter") }),
  fault("stops", { kind: "status", status: 403, body: refusal("moderation: flagged") }),
  ...[400, 404, 422].map((status) => fault("stops", { kind: "status", status })),
  fault("next", { kind: "endless_refusal", status: 503 }),
  fault("next", { kind: "html" }),
  fault("next", { kind: "reset_before_headers" }),
  fault("next", { kind: "stall_before_headers" }),
];

/** Before the first token, and after it. */
const atBoth = (kind: (afterDeltas: number) => FakeFault): readonly FaultCell[] => [
  fault("next", kind(0)),
  fault("broken", kind(1)),
  fault("broken", kind(2)),
];
const lies = { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 900 } };
const usageFaults: readonly FaultCell[] = [
  fault("whole", { kind: "no_usage" }),
  fault("whole", { kind: "usage", usage: lies }, { liesAboutUsage: true }),
  fault("whole", { kind: "usage", usage: "many" }),
  fault("whole", { kind: "wrong_model", model: "somebody-else" }),
];

const streamed: readonly FaultCell[] = [
  ...refusals,
  ...usageFaults,
  ...atBoth((afterDeltas) => ({ kind: "reset", afterDeltas })),
  ...atBoth((afterDeltas) => ({ kind: "stall", afterDeltas })),
  ...atBoth((afterDeltas) => ({ kind: "cut", afterDeltas })),
  ...atBoth((afterDeltas) => ({ kind: "error_in_band", afterDeltas })),
  ...atBoth((afterDeltas) => ({ kind: "error_in_band", afterDeltas, status: 429 })),
  ...atBoth((afterDeltas) => ({ kind: "comments", afterDeltas, delayMs: 20 })),
  ...atBoth((afterDeltas) => ({ kind: "malformed_line", afterDeltas, lines: 9 })),
  ...atBoth((afterDeltas) => ({ kind: "long_line", afterDeltas, bytes: 10_000_000 })),
  fault("next", { kind: "empty" }),
  fault(
    "next",
    { kind: "trickle", delayMs: 60 },
    { answer: { fault: { kind: "trickle", delayMs: 60 }, bytesPerWrite: 1 } },
  ),
  fault(
    "broken",
    { kind: "drip", delayMs: 900 },
    { answer: { fault: { kind: "drip", delayMs: 900 }, quietChunks: 0 } },
  ),
  fault("broken", { kind: "truncated_json" }),
  fault("broken", { kind: "no_done" }),
  fault("broken", { kind: "no_finish_reason" }),
  fault("broken", { kind: "model_changed", afterDeltas: 1 }),
  fault("whole", { kind: "model_changed", afterDeltas: 0 }),
  fault("whole", { kind: "malformed_line", afterDeltas: 0 }),
  fault("whole", { kind: "malformed_line", afterDeltas: 2 }),
  fault("whole", { kind: "second_choice" }),
  fault("whole", { kind: "duplicate", afterDeltas: 2 }, { repeatsDelta: 1 }),
  ...(["crlf", "cr", "comments", "multi_data"] as const).map(
    (events): FaultCell => ({ name: `events ${events}`, expected: "whole", answer: { events } }),
  ),
  { name: "one byte a write", expected: "whole", answer: { bytesPerWrite: 1 } },
  { name: "three bytes a write, crlf", expected: "whole", answer: { bytesPerWrite: 3, events: "crlf" } },
  { name: "content filter after text", expected: "whole", answer: { finishReason: "content_filter" } },
  { name: "content filter before text", expected: "whole", answer: { deltas: [], finishReason: "content_filter" } },
  { name: "no text at all", expected: "whole", answer: { deltas: [] } },
];

/** A stream was asked for, and one JSON object comes: nothing is given before all of it is there. */
const plain: readonly FaultCell[] = [
  ...usageFaults,
  fault("next", { kind: "empty" }),
  fault("next", { kind: "truncated_json" }),
  fault("next", { kind: "reset", afterDeltas: 0 }),
  fault("next", { kind: "stall", afterDeltas: 0 }),
  fault("next", { kind: "error_in_band", afterDeltas: 0 }),
  fault("next", { kind: "no_finish_reason" }),
  fault(
    "next",
    { kind: "trickle", delayMs: 60 },
    { answer: { fault: { kind: "trickle", delayMs: 60 }, bytesPerWrite: 1 } },
  ),
  { name: "whole", expected: "whole", answer: {} },
  { name: "seven bytes a write", expected: "whole", answer: { bytesPerWrite: 7 } },
  { name: "content filter", expected: "whole", answer: { finishReason: "content_filter" } },
];

/** Every fault of the matrix, streaming and not, before the first token and after it. */
export const faultCells: readonly FaultCell[] = [
  ...streamed.map((cell) => ({ ...cell, name: `stream: ${cell.name}` })),
  ...plain.map((cell) => ({ ...cell, name: `plain: ${cell.name}`, answer: { ...cell.answer, form: "json" as const } })),
];
