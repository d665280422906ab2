/** One chat completions request as the fake provider understood it. */
export interface FakeRequest {
  /** Place among all completions requests of this provider, from 0. */
  readonly index: number;
  readonly model: string;
  /** Contents that are no text as the JSON that they are; `body` has them as they came. */
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly isStreaming: boolean;
  readonly wantsUsage: boolean;
  /** The whole body as parsed. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Tokens as the OpenAI chat format nests them: cached and written inside the prompt, reasoning inside the completion. */
export interface FakeUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
}

/**
 * What goes wrong. `afterDeltas` counts content deltas sent before it happens; 0 is after the headers and before any
 * text. Where a fault is not named streaming only, it also holds for plain JSON replies.
 */
export type FakeFault =
  /** An HTTP error with an OpenAI-shaped body, or `body` as given. `retryAfter` is the header's text. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: string;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** As `status`, with a body that never comes to its end. */
  | { readonly kind: "endless_refusal"; readonly status: number }
  | { readonly kind: "reset_before_headers" }
  | { readonly kind: "stall_before_headers" }
  | { readonly kind: "html" }
  /** Status 200 and not one byte. */
  | { readonly kind: "empty" }
  /** The reply ends cleanly in the middle of a JSON object. */
  | { readonly kind: "truncated_json" }
  /** Streaming only: the socket is destroyed. */
  | { readonly kind: "reset"; readonly afterDeltas: number }
  /** Streaming only: nothing more comes, and the socket stays open. */
  | { readonly kind: "stall"; readonly afterDeltas: number }
  /** Streaming only: the reply ends cleanly, with neither finish reason nor terminator. */
  | { readonly kind: "cut"; readonly afterDeltas: number }
  /** Streaming only: a pause before each delta. */
  | { readonly kind: "drip"; readonly delayMs: number }
  /** A pause before every write after the headers; with `bytesPerWrite` 1, a reply byte by byte. */
  | { readonly kind: "trickle"; readonly delayMs: number }
  /** Streaming only: one `data:` line that is not JSON, in a stream that is well otherwise. */
  | { readonly kind: "malformed_line"; readonly afterDeltas: number; readonly lines?: number }
  /** Streaming only: one line of this many bytes, and then the stream goes on. */
  | { readonly kind: "long_line"; readonly afterDeltas: number; readonly bytes: number }
  /** Streaming only: comments for ever, and nothing else. */
  | { readonly kind: "comments"; readonly afterDeltas: number; readonly delayMs: number }
  /** Streaming only: the chunk of the delta before comes a second time, byte by byte the same. */
  | { readonly kind: "duplicate"; readonly afterDeltas: number }
  /** Streaming only: from here on the chunks name another model, as if somebody else went on with the answer. */
  | { readonly kind: "model_changed"; readonly afterDeltas: number }
  /** Streaming only: a second choice between the deltas of the first. */
  | { readonly kind: "second_choice" }
  /** The reply names this model. */
  | { readonly kind: "wrong_model"; readonly model: string }
  /** HTTP 200, then an event that holds `error` (in a plain reply: nothing else), then the end. */
  | { readonly kind: "error_in_band"; readonly afterDeltas: number; readonly status?: number }
  /** Streaming only: the last event is missing. */
  | { readonly kind: "no_done" }
  | { readonly kind: "no_finish_reason" }
  | { readonly kind: "no_usage" }
  /** `usage` is replaced by this object; the bill stays what it was. */
  | { readonly kind: "usage"; readonly usage: unknown };

/** How events are written: all of them say the same by the rules of event streams. */
export type FakeEvents = "plain" | "crlf" | "cr" | "comments" | "multi_data";

export interface FakeAnswer {
  /** Content deltas in order; a plain reply joins them. */
  readonly deltas: readonly string[];
  /** After the deltas. Each piece counts as one delta more. */
  readonly toolCalls?: readonly FakeToolCall[];
  /** Absent: counted by the provider's `countTokens`. */
  readonly usage?: FakeUsage;
  /** @defaultValue "stop" */
  readonly finishReason?: string;
  readonly fault?: FakeFault;
  /** `json`: a plain reply also where a stream is asked for. @defaultValue as asked */
  readonly form?: "json";
  /** @defaultValue "plain" */
  readonly events?: FakeEvents;
  /** A pause before the headers. */
  readonly delayMs?: number;
  /** Chunks without content before the first delta: role only, then empty content. @defaultValue 1 */
  readonly quietChunks?: number;
  /** Bytes a write; small values split characters and lines over packets. Absent: one event a write. */
  readonly bytesPerWrite?: number;
  /** Chunks of `reasoning_content` before the first delta. */
  readonly reasoning?: readonly string[];
}

/** Arguments in the pieces in which they are streamed; a plain reply joins them. */
export interface FakeToolCall {
  readonly id: string;
  readonly name: string;
  readonly pieces: readonly string[];
}

/** What to do on the wire, in order. */
export type WireStep =
  | { readonly kind: "head"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  /** `outputText` is what the provider has generated, and so bills, once this is sent. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly outputText?: string }
  | { readonly kind: "wait"; readonly delayMs: number }
  | { readonly kind: "stall" }
  | { readonly kind: "reset" }
  | { readonly kind: "end" };
