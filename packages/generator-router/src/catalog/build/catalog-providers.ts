/** Where one provider's models stand in each source. */
export interface CatalogProvider {
  readonly id: string;
  /** `litellm_provider`; its keys may carry `prefix` before the model's own id. */
  readonly litellm?: { readonly provider: string; readonly prefix: string };
  readonly modelsDev?: string;
  /** OpenRouter's author of the same models, where it passes the provider's own price on. */
  readonly openrouter?: string;
  /** The list that the provider itself publishes: what it says stands where others differ. */
  readonly ownList?: "openrouter";
  /** Tiers begin at the line itself; everywhere else above it. */
  readonly isTierInclusive?: boolean;
  /** Serves other people's models: one source alone has been wrong too often to be believed. */
  readonly needsSecondSource?: boolean;
  /** The endpoint ignores a response format, whatever the model could do elsewhere. */
  readonly ignoresFormats?: boolean;
  cache?(id: string): { readonly min_prefix_tokens: number; readonly ttl_ms: number };
}

const minuteMs = 60_000;
const named = (provider: string) => ({ provider, prefix: `${provider}/` });

/**
 * Cache rules as the providers document them, the smaller promise taken where they give a span. OpenAI: 1,024 tokens,
 * kept 5 to 10 idle minutes, 30 since GPT-5.6. Anthropic: five minutes after the last use, the smallest prefix by model.
 * Gemini's implicit cache: 1,024 to 4,096 tokens, time unpublished. DeepSeek: units of 64 tokens, kept for hours.
 */
export const catalogProviders: readonly CatalogProvider[] = [
  {
    id: "openai",
    litellm: { provider: "openai", prefix: "openai/" },
    modelsDev: "openai",
    openrouter: "openai",
    cache: (id) => ({ min_prefix_tokens: 1_024, ttl_ms: (id.startsWith("gpt-5.6") ? 30 : 5) * minuteMs }),
  },
  {
    id: "anthropic",
    litellm: { provider: "anthropic", prefix: "anthropic/" },
    modelsDev: "anthropic",
    openrouter: "anthropic",
    ignoresFormats: true,
    cache: (id) => ({ min_prefix_tokens: id.includes("haiku") ? 4_096 : 1_024, ttl_ms: 5 * minuteMs }),
  },
  {
    id: "gemini",
    litellm: named("gemini"),
    modelsDev: "google",
    openrouter: "google",
    cache: () => ({ min_prefix_tokens: 4_096, ttl_ms: 5 * minuteMs }),
  },
  {
    id: "deepseek",
    litellm: named("deepseek"),
    modelsDev: "deepseek",
    openrouter: "deepseek",
    cache: () => ({ min_prefix_tokens: 64, ttl_ms: 60 * minuteMs }),
  },
  { id: "moonshot", litellm: named("moonshot"), modelsDev: "moonshotai", openrouter: "moonshotai" },
  { id: "mistral", litellm: named("mistral"), modelsDev: "mistral", openrouter: "mistralai" },
  { id: "xai", litellm: named("xai"), modelsDev: "xai", openrouter: "x-ai", isTierInclusive: true },
  { id: "groq", litellm: named("groq"), modelsDev: "groq" },
  {
    id: "openrouter",
    litellm: named("openrouter"),
    modelsDev: "openrouter",
    openrouter: "",
    ownList: "openrouter",
    isTierInclusive: true,
  },
  { id: "alibaba", litellm: named("dashscope"), modelsDev: "alibaba", openrouter: "qwen" },
  { id: "cohere", litellm: { provider: "cohere_chat", prefix: "" }, modelsDev: "cohere", openrouter: "cohere" },
  { id: "zai", litellm: named("zai"), modelsDev: "zai", openrouter: "z-ai" },
  { id: "minimax", litellm: named("minimax"), modelsDev: "minimax", openrouter: "minimax" },
  { id: "cerebras", litellm: named("cerebras"), modelsDev: "cerebras" },
  {
    id: "together",
    litellm: { provider: "together_ai", prefix: "together_ai/" },
    modelsDev: "togetherai",
    needsSecondSource: true,
  },
  { id: "deepinfra", litellm: named("deepinfra"), modelsDev: "deepinfra", needsSecondSource: true },
  { id: "nebius", litellm: named("nebius"), modelsDev: "nebius", needsSecondSource: true },
];
