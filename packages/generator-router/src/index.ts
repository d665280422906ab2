export { type BatchLane, type BatchLaneOptions, type BatchTurn, createBatchLane } from "./batch/batch-lane.ts";
export { buildCatalog, type CatalogDocument, printCatalog } from "./catalog/build/build-catalog.ts";
export type { PriceFile, PriceFiles } from "./catalog/build/price-files.ts";
export { type CatalogOnDate, readDatedCatalogs } from "./catalog/build/read-dated-catalogs.ts";
export { readPriceFolder } from "./catalog/build/read-price-folder.ts";
export {
  applyLocalPrices,
  type LocalPrices,
  type PricePlaces,
  readLocalPrices,
  storeCatalog,
  storeOverrides,
} from "./catalog/local-prices.ts";
export { type Catalog, parseCatalog, readCatalog } from "./catalog/read-catalog.ts";
export { createRoutingMemory, openRoutingMemory, type RoutingMemoryOptions } from "./memory/routing-memory.ts";
export { createOpenAiGenerator, type OpenAiGenerator, type OpenAiGeneratorOptions } from "./openai/openai-generator.ts";
export { type ConnectionLimits, defaultConnectionLimits } from "./openai/provider-fetch.ts";
export { plainWire, type WireDialect } from "./openai/wire-dialect.ts";
export { diffPrices, factsOf, type PriceChange } from "./prices/diff-prices.ts";
export { overridePrices, type PriceOverrides, parseOverrides } from "./prices/override-prices.ts";
export { createPriceBook, type PriceBookOptions } from "./prices/price-book.ts";
export { createModelProber, type ModelProberOptions } from "./probing/model-prober.ts";
export { discoverLocalProvider, type LocalProviderOptions } from "./providers/discover-local-provider.ts";
export { type KnownProvider, knownProviders } from "./providers/known-providers.ts";
export type { LocalCosts } from "./providers/local-rates.ts";
export { type ProvidersFileOptions, parseProvidersFile } from "./providers/parse-providers-file.ts";
export {
  connectProvider,
  type ProviderSetup,
  type RouterProvider,
} from "./providers/provider-setup.ts";
export { mergeProviders, providersFromEnvironment } from "./providers/providers-from-environment.ts";
export { replayDecision } from "./routing/decision-inputs.ts";
export { type BudgetReserve, createGeneratorRouter, type GeneratorRouterOptions } from "./routing/generator-router.ts";
export { defaultRouterLimits, type RouterLimits } from "./routing/router-limits.ts";
export { mergeAnthropicUsage } from "./usage/anthropic-usage.ts";
export { type UsageWire, usageOf } from "./usage/usage-of.ts";
