import type { WireDialect } from "../openai/wire-dialect.ts";
import { plainWire } from "../openai/wire-dialect.ts";

export interface KnownProvider {
  readonly id: string;
  readonly baseUrl: string;
  /** Environment variable that holds the key. */
  readonly keyVariable: string;
  readonly wire: WireDialect;
  /** It has OpenAI's batch API under the same base URL. */
  readonly hasBatches?: boolean;
}

const newLimitField: WireDialect = { ...plainWire, outputLimitField: "max_completion_tokens" };

/**
 * Providers that a key in the environment is enough for, with their OpenAI-compatible base URL as each documents it.
 * Anthropic's endpoint of this form takes no cache control and ignores `response_format`, which the catalog respects.
 */
export const knownProviders: readonly KnownProvider[] = [
  {
    id: "openai",
    keyVariable: "OPENAI_API_KEY",
    baseUrl: "https://api.openai.com/v1",
    wire: newLimitField,
    hasBatches: true,
  },
  {
    id: "anthropic",
    keyVariable: "ANTHROPIC_API_KEY",
    baseUrl: "https://api.anthropic.com/v1",
    wire: { ...plainWire, cachesPrompts: false },
  },
  {
    id: "gemini",
    keyVariable: "GEMINI_API_KEY",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    wire: plainWire,
  },
  { id: "deepseek", keyVariable: "DEEPSEEK_API_KEY", baseUrl: "https://api.deepseek.com/v1", wire: plainWire },
  { id: "moonshot", keyVariable: "MOONSHOT_API_KEY", baseUrl: "https://api.moonshot.ai/v1", wire: plainWire },
  {
    id: "mistral",
    keyVariable: "MISTRAL_API_KEY",
    baseUrl: "https://api.mistral.ai/v1",
    wire: { ...plainWire, asksForUsage: false },
  },
  { id: "xai", keyVariable: "XAI_API_KEY", baseUrl: "https://api.x.ai/v1", wire: plainWire },
  { id: "groq", keyVariable: "GROQ_API_KEY", baseUrl: "https://api.groq.com/openai/v1", wire: newLimitField },
  { id: "openrouter", keyVariable: "OPENROUTER_API_KEY", baseUrl: "https://openrouter.ai/api/v1", wire: plainWire },
];
