import type { Call } from "./call.ts";
import type { ToolCall, ToolCallDelta, ToolChoice, ToolOffer } from "./tool-calls.ts";
import type { Usage } from "./usage.ts";

/** A part of a message that is not words alone. */
export type PromptPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "image";
      /** `data:image/…;base64,…`, or an address that the provider fetches it from. */
      readonly url: string;
      /** How finely it is to be looked at, for providers that know it. */
      readonly detail?: "auto" | "low" | "high";
    };

export interface PromptMessage {
  /** `tool`: what came of a tool call. */
  readonly role: "system" | "user" | "assistant" | "tool";
  /** Its words; all of them, also where there are `parts`. */
  readonly content: string;
  /** Words and images in their order; sent in place of `content`. */
  readonly parts?: readonly PromptPart[];
  /** Of an assistant's message: what it asked for. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's message: the call that it answers. */
  readonly toolCallId?: string;
}

/** The finished text that a generator receives. What stays the same between questions stands first, for caches. */
export interface Prompt {
  readonly messages: readonly PromptMessage[];
}

/** JSON Schema that the answer must satisfy. */
export interface ResponseFormat {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** How the model is to choose its words. What is absent is the provider's own default. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  /** For a model that can: the same prompt and seed give the same text. */
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
}

export interface GeneratorRequest {
  readonly model: string;
  readonly prompt: Prompt;
  readonly outputTokensMax: number;
  readonly responseFormat?: ResponseFormat;
  /** Any JSON object, by the provider's own mode for it. `responseFormat` stands above it. */
  readonly isJsonObject?: boolean;
  readonly sampling?: Sampling;
  /** Offered to the model; an answer that calls one ends with the reason `tool_calls`. */
  readonly tools?: readonly ToolOffer[];
  /** @defaultValue the provider's own: `auto` */
  readonly toolChoice?: ToolChoice;
  /** Whether one answer may call several. Absent: as the provider has it. */
  readonly allowsParallelToolCalls?: boolean;
}

export type FinishReason = "stop" | "length" | "content_filter" | "tool_calls" | "other";

/** A piece of an answer: words, or a piece of a tool call. The first one is the commit point. */
export type AnswerContent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool_call"; readonly delta: ToolCallDelta };

/** Content as it comes, then exactly one `finished`. A stream that ends without it is broken and rejects. */
export type GeneratorEvent =
  | AnswerContent
  | {
      readonly kind: "finished";
      readonly reason: FinishReason;
      /** Absent when the provider said nothing of it. */
      readonly usage?: Usage;
      /** The model that the provider says it used. */
      readonly model?: string;
      /** Lines of the stream that could not be read and were left out; absent when there were none. */
      readonly unreadableLines?: number;
    };

/** Prompt to answer at one provider. One call is one attempt: it never retries by itself. */
export interface Generator {
  /** The provider's id. */
  readonly id: string;
  /**
   * Leaving the loop, or an abort, closes the connection.
   * @throws {@link LarderError} any of the `PROVIDER_…` codes, with `details.status` where there was one and
   * `details.retryAfterMs` where the provider said so
   */
  generate(request: GeneratorRequest, call: Call): AsyncIterable<GeneratorEvent>;
}
