import type { Clock, Generator, ModelEntry, Secret } from "@larder/contracts";
import { createOpenAiGenerator } from "../openai/openai-generator.ts";

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

/** One provider as it was configured: where it is, how it is spoken to, and what it serves at which price. */
export interface ProviderSetup {
  readonly id: string;
  readonly baseUrl: string;
  readonly isLocal: boolean;
  readonly isKeyNeeded: boolean;
  readonly key?: Secret;
  readonly wire: WireDialect;
  readonly models: readonly ModelEntry[];
}

/** A provider as the router calls it. */
export interface RouterProvider {
  readonly id: string;
  /** Credentials are there, or none are needed. */
  readonly isConfigured: boolean;
  /** A cached prefix can be expected at the rates of the price book. @defaultValue true */
  readonly cachesPrompts?: boolean;
  readonly generator: Generator;
}

export function connectProvider(setup: ProviderSetup, clock: Pick<Clock, "nowMs">): RouterProvider {
  const { id, baseUrl, key, wire } = setup;
  return {
    id,
    isConfigured: !setup.isKeyNeeded || key !== undefined,
    cachesPrompts: wire.cachesPrompts,
    generator: createOpenAiGenerator({ id, baseUrl, wire, clock, ...(key && { key }) }),
  };
}
