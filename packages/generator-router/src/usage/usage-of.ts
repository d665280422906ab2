import type { Usage } from "@larder/contracts";
import { usageOfAnthropic } from "./anthropic-usage.ts";
import type { ReplyAround } from "./chat-usage.ts";
import { normaliseUsage } from "./chat-usage.ts";
import { usageOfGemini } from "./gemini-usage.ts";
import { usageOfLlamaCpp, usageOfOllama } from "./local-usage.ts";
import { usageOfResponses } from "./responses-usage.ts";

/** Who speaks the `chat` wire's dialects: OpenAI, DeepSeek, xAI, Mistral, Moonshot, Groq, OpenRouter, Gemini, vLLM. */
export type UsageWire = "chat" | "responses" | "anthropic" | "gemini" | "ollama" | "llama_cpp";

/**
 * What a reply says of its usage, as disjoint buckets, by the wire it came over. `value` is the usage object (`usage`,
 * `usageMetadata`), or the whole reply for Ollama and llama.cpp, which spread it. `undefined`: nothing usable was said.
 */
export function usageOf(wire: UsageWire, value: unknown, around: ReplyAround = {}): Usage | undefined {
  switch (wire) {
    case "chat":
      return normaliseUsage(value, around);
    case "responses":
      return usageOfResponses(value, around);
    case "anthropic":
      return usageOfAnthropic(value);
    case "gemini":
      return usageOfGemini(value);
    case "ollama":
      return usageOfOllama(value);
    case "llama_cpp":
      return usageOfLlamaCpp(value);
  }
}
