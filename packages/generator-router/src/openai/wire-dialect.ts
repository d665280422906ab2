/** How a provider departs from the OpenAI chat format. */
export interface WireDialect {
  /** Newer OpenAI models refuse the older name; others refuse the newer one. */
  readonly outputLimitField: "max_tokens" | "max_completion_tokens";
  /** Send `stream_options.include_usage`. Mistral refuses it, and tells its usage anyway. */
  readonly asksForUsage: boolean;
  /** A stream that ends without `[DONE]` is broken. */
  readonly requiresDone: boolean;
  /** Prompts sent this way can be read from the provider's cache. Anthropic's endpoint of this form takes no marks. */
  readonly cachesPrompts: boolean;
}

export const plainWire: WireDialect = {
  outputLimitField: "max_tokens",
  asksForUsage: true,
  requiresDone: true,
  cachesPrompts: true,
};
