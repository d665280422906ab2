/** One chat completions request as the fake provider understood it. */
export interface FakeRequest {
  /** Place among all completions requests of this provider, from 0. */
  readonly index: number;
  readonly model: string;
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
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string; readonly body?: unknown }
  | { readonly kind: "reset_before_headers" }
  | { readonly kind: "stall_before_headers" }
  | { readonly kind: "html" }
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
  /** Streaming only: one `data:` line that is not JSON, in a stream that is well otherwise. */
  | { readonly kind: "malformed_line"; readonly afterDeltas: number }
  /** Streaming only: HTTP 200, then an event that holds `error`, then the end. */
  | { readonly kind: "error_in_band"; readonly afterDeltas: number; readonly status?: number }
  /** Streaming only: the last event is missing. */
  | { readonly kind: "no_done" }
  | { readonly kind: "no_finish_reason" }
  | { readonly kind: "no_usage" }
  /** `usage` is replaced by this object; the bill stays what it was. */
  | { readonly kind: "usage"; readonly usage: unknown };

export interface FakeAnswer {
  /** Content deltas in order; a plain reply joins them. */
  readonly deltas: readonly string[];
  /** Absent: counted by the provider's `countTokens`. */
  readonly usage?: FakeUsage;
  /** @defaultValue "stop" */
  readonly finishReason?: string;
  readonly fault?: FakeFault;
  /** Chunks without content before the first delta: role only, then empty content. @defaultValue 1 */
  readonly quietChunks?: number;
  /** Bytes a write; small values split characters and lines over packets. Absent: one event a write. */
  readonly bytesPerWrite?: number;
  /** Chunks of `reasoning_content` before the first delta. */
  readonly reasoning?: readonly string[];
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
