import type { BatchApi, Clock, Generator, ModelEntry, Secret } from "@larder/contracts";
import { createOpenAiBatchApi } from "../batch/openai-batch-api.ts";
import { createOpenAiGenerator } from "../openai/openai-generator.ts";
import type { ConnectionLimits } from "../openai/provider-fetch.ts";
import type { WireDialect } from "../openai/wire-dialect.ts";

/** One provider as it was configured: where it is, how it is spoken to, and what it serves at which price. */
export interface ProviderSetup {
  readonly id: string;
  readonly baseUrl: string;
  readonly isLocal: boolean;
  readonly isKeyNeeded: boolean;
  /** Environment variable that the key is looked for in. */
  readonly keyVariable?: string;
  readonly key?: Secret;
  readonly wire: WireDialect;
  /** It has OpenAI's batch API. @defaultValue false */
  readonly hasBatches?: boolean;
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
  /** Absent: it has no batches that Larder can use. */
  readonly batches?: BatchApi;
  /** Ends its sockets. The router that was given the provider calls it when it is closed itself. */
  close?(): Promise<void>;
}

export function connectProvider(
  setup: ProviderSetup,
  clock: Pick<Clock, "nowMs">,
  connections: Partial<ConnectionLimits> = {},
): RouterProvider {
  const { id, baseUrl, key, wire } = setup;
  const generator = createOpenAiGenerator({ id, baseUrl, wire, clock, connections, ...(key && { key }) });
  return {
    id,
    isConfigured: !setup.isKeyNeeded || key !== undefined,
    cachesPrompts: wire.cachesPrompts,
    generator,
    ...(setup.hasBatches === true && { batches: createOpenAiBatchApi({ baseUrl, wire, clock, ...(key && { key }) }) }),
    close: () => generator.close(),
  };
}
