export { type Catalog, readCatalog } from "./catalog/read-catalog.ts";
export { createRoutingMemory, openRoutingMemory, type RoutingMemoryOptions } from "./memory/routing-memory.ts";
export { createOpenAiGenerator, type OpenAiGeneratorOptions } from "./openai/openai-generator.ts";
export type { WireDialect } from "./openai/wire-dialect.ts";
export { createPriceBook, type PriceBookOptions } from "./prices/price-book.ts";
export { createModelProber, type ModelProberOptions } from "./probing/model-prober.ts";
export { discoverLocalProvider, type LocalProviderOptions } from "./providers/discover-local-provider.ts";
export { type KnownProvider, knownProviders } from "./providers/known-providers.ts";
export { type ProvidersFileOptions, parseProvidersFile } from "./providers/parse-providers-file.ts";
export {
  connectProvider,
  type ProviderSetup,
  type RouterProvider,
} from "./providers/provider-setup.ts";
export { mergeProviders, providersFromEnvironment } from "./providers/providers-from-environment.ts";
export { replayDecision } from "./routing/decision-inputs.ts";
export { createGeneratorRouter, type GeneratorRouterOptions } from "./routing/generator-router.ts";
export { defaultRouterLimits, type RouterLimits } from "./routing/router-limits.ts";
