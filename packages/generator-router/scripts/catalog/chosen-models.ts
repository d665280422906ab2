/** Where one model stands in each source. An absent name means that the source does not price this provider. */
export interface ChosenModel {
  readonly provider: string;
  readonly id: string;
  readonly litellm: string;
  readonly openrouter?: string;
  readonly modelsDev: { readonly provider: string; readonly id: string };
  readonly cache?: { readonly min_prefix_tokens: number; readonly ttl_ms: number };
  /** Where the third-party quality index stands when the provider's own price does not. */
  readonly qualityFrom?: string;
}

const minuteMs = 60_000;
/** OpenAI: 1,024 tokens; kept 5 to 10 idle minutes, and 30 minutes since GPT-5.6. The shorter end is taken. */
const openAiCache = { min_prefix_tokens: 1_024, ttl_ms: 5 * minuteMs };
const openAiLongCache = { min_prefix_tokens: 1_024, ttl_ms: 30 * minuteMs };
/** Gemini's implicit cache: 1,024 to 4,096 by model, time unpublished; the larger size and five minutes are taken. */
const geminiCache = { min_prefix_tokens: 4_096, ttl_ms: 5 * minuteMs };
/** DeepSeek: units of 64 tokens, kept for hours; one hour is taken. */
const deepSeekCache = { min_prefix_tokens: 64, ttl_ms: 60 * minuteMs };
/** Anthropic: five minutes after the last use; the smallest prefix differs by model. */
const anthropicCache = (tokens: number) => ({ min_prefix_tokens: tokens, ttl_ms: 5 * minuteMs });

const openAi = (id: string, cache = openAiCache): ChosenModel => ({
  provider: "openai",
  id,
  litellm: id,
  openrouter: `openai/${id}`,
  modelsDev: { provider: "openai", id },
  cache,
});
const anthropic = (id: string, openrouter: string, prefixTokens: number): ChosenModel => ({
  provider: "anthropic",
  id,
  litellm: id,
  openrouter: `anthropic/${openrouter}`,
  modelsDev: { provider: "anthropic", id },
  cache: anthropicCache(prefixTokens),
});
const gemini = (id: string): ChosenModel => ({
  provider: "gemini",
  id,
  litellm: `gemini/${id}`,
  openrouter: `google/${id}`,
  modelsDev: { provider: "google", id },
  cache: geminiCache,
});
const plain = (provider: string, id: string, author: string, modelsDev = provider): ChosenModel => ({
  provider,
  id,
  litellm: `${provider}/${id}`,
  openrouter: `${author}/${id}`,
  modelsDev: { provider: modelsDev, id },
});
const groq = (id: string, qualityFrom?: string): ChosenModel => ({
  provider: "groq",
  id,
  litellm: `groq/${id}`,
  modelsDev: { provider: "groq", id },
  ...(qualityFrom !== undefined && { qualityFrom }),
});
const openRouter = (id: string): ChosenModel => ({
  provider: "openrouter",
  id,
  litellm: `openrouter/${id}`,
  openrouter: id,
  modelsDev: { provider: "openrouter", id },
});

/** Current general models of the providers that a key in the environment is enough for. */
export const chosenModels: readonly ChosenModel[] = [
  openAi("gpt-5.6-luna", openAiLongCache),
  openAi("gpt-5.6-terra", openAiLongCache),
  openAi("gpt-5.6-sol", openAiLongCache),
  openAi("gpt-5.5"),
  openAi("gpt-5.4"),
  openAi("gpt-5.4-mini"),
  openAi("gpt-5.4-nano"),
  openAi("gpt-4.1-mini"),
  openAi("gpt-4.1-nano"),
  anthropic("claude-fable-5", "claude-fable-5", 512),
  anthropic("claude-opus-5", "claude-opus-5", 512),
  anthropic("claude-sonnet-5", "claude-sonnet-5", 1_024),
  anthropic("claude-sonnet-4-6", "claude-sonnet-4.6", 1_024),
  anthropic("claude-haiku-4-5", "claude-haiku-4.5", 4_096),
  gemini("gemini-3.6-flash"),
  gemini("gemini-3.5-flash"),
  gemini("gemini-3.5-flash-lite"),
  gemini("gemini-3.1-flash-lite"),
  gemini("gemini-3.1-pro-preview"),
  gemini("gemini-2.5-flash-lite"),
  { ...plain("deepseek", "deepseek-v4-flash", "deepseek"), cache: deepSeekCache },
  { ...plain("deepseek", "deepseek-v4-pro", "deepseek"), cache: deepSeekCache },
  plain("moonshot", "kimi-k2.6", "moonshotai", "moonshotai"),
  plain("moonshot", "kimi-k2.5", "moonshotai", "moonshotai"),
  plain("mistral", "mistral-large-2512", "mistralai"),
  plain("mistral", "mistral-small-2603", "mistralai"),
  plain("mistral", "ministral-8b-2512", "mistralai"),
  plain("xai", "grok-4.5", "x-ai"),
  plain("xai", "grok-4.3", "x-ai"),
  groq("openai/gpt-oss-120b", "openai/gpt-oss-120b"),
  groq("openai/gpt-oss-20b", "openai/gpt-oss-20b"),
  groq("llama-3.3-70b-versatile"),
  groq("llama-3.1-8b-instant"),
  openRouter("minimax/minimax-m3"),
  openRouter("qwen/qwen3.6-plus"),
  openRouter("x-ai/grok-4.3"),
  openRouter("anthropic/claude-haiku-4.5"),
];
