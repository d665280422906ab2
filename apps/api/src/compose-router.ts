import { readFile, stat } from "node:fs/promises";
import type {
  BatchApi,
  Budgets,
  Call,
  Clock,
  ComponentHealth,
  GeneratorRouter,
  ModelProber,
  PriceBook,
  RoutingMemory,
  RoutingRecord,
  TokenCounter,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Catalog, ProviderSetup } from "@larder/generator-router";
import {
  applyLocalPrices,
  connectProvider,
  createGeneratorRouter,
  createModelProber,
  createPriceBook,
  mergeProviders,
  openRoutingMemory,
  parseProvidersFile,
  providersFromEnvironment,
  readLocalPrices,
} from "@larder/generator-router";
import type { Config } from "./config.ts";
import { findLocalProviders } from "./find-local-providers.ts";

export interface RouterParts {
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly budgets: Budgets;
  /** Where what is learned is kept. */
  readonly record: RoutingRecord;
}

export interface ComposedRouter {
  readonly router: GeneratorRouter;
  readonly memory: RoutingMemory & AsyncDisposable;
  readonly prober: ModelProber;
  /** By provider id. */
  readonly batchApis: ReadonlyMap<string, BatchApi>;
  /** The prices that would be in force with another catalog: local servers, providers file and overrides stay. */
  priceBookOf(catalog: Catalog): Promise<PriceBook>;
  health(): ComponentHealth;
}

/**
 * The router over every provider that the settings name: keys in the environment, the providers file, a local server.
 * A provider that the file names replaces the known one of the same id. A local server that does not answer is left
 * out and health says so; it is asked again at the next start.
 * @throws {@link LarderError} `PROVIDERS_FILE_INVALID`, `PRICES_INVALID`
 */
export async function composeRouter(
  config: Config["generation"],
  { tokenCounter, clock, budgets, record }: RouterParts,
): Promise<ComposedRouter> {
  const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
  const local = await findLocalProviders(config, today);
  const ofFile = await readProvidersFile(config);
  const { setups, priceBook } = pricedSetups(config, { local: local.setups, ofFile, today });
  const memory = savedNowAndThen(await openRoutingMemory({ record }, unbounded));
  const providers = setups.map((setup) => connectProvider(setup, clock, config.connections));
  const router = createGeneratorRouter({
    ...{ priceBook, providers, memory },
    tokenCounter,
    clock,
    budgets,
    reserve: config.budgetReserve,
    isOffline: config.isOffline,
    limits: {
      ...config.calling,
      budgetWaitMs: config.budgetWaitMs,
      firstTextMs: config.firstTokenTimeoutMs,
      idleMs: config.idleTimeoutMs,
      totalMs: config.totalTimeoutMs,
    },
  });
  const batchApis = new Map(
    config.isOffline
      ? []
      : providers.flatMap(({ id, isConfigured, batches }) => (batches && isConfigured ? [[id, batches] as const] : [])),
  );
  const parts = { priceBook, providers, memory, tokenCounter, clock, budgets };
  const prober = createModelProber({ ...parts, isOffline: config.isOffline });
  return {
    router,
    memory,
    prober,
    batchApis,
    priceBookOf: async (catalog) => pricedSetups(config, { local: local.setups, ofFile, today, catalog }).priceBook,
    health: () => healthOf(router, config.isOffline, [...local.problems(), ...missingKeys(ofFile)]),
  };
}

/**
 * Prices as a router that starts now would have them, with another catalog where one is given. Local servers are asked
 * what they serve; a model of one that does not answer is not in it.
 */
export async function priceBookOf(config: Config["generation"], catalog?: Catalog): Promise<PriceBook> {
  const today = new Date().toISOString().slice(0, 10);
  const [{ setups: local }, ofFile] = await Promise.all([findLocalProviders(config, today), readProvidersFile(config)]);
  return pricedSetups(config, { local, ofFile, today, catalog }).priceBook;
}

interface SetupSources {
  readonly local: readonly ProviderSetup[];
  readonly ofFile: readonly ProviderSetup[];
  readonly today: string;
  /** Absent: the one in force. */
  readonly catalog?: Catalog | undefined;
}

function pricedSetups(config: Config["generation"], { local, ofFile, today, catalog }: SetupSources) {
  const inForce = readLocalPrices(config.prices);
  const prices = { ...inForce, catalog: catalog ?? inForce.catalog };
  const setups = mergeProviders(providersFromEnvironment(config.variables(), prices.catalog), local, ofFile);
  const { models, findings } = applyLocalPrices(
    setups.flatMap((setup) => setup.models),
    prices,
  );
  return { setups, priceBook: createPriceBook(models, { today, findings }) };
}

const unbounded: Call = { signal: new AbortController().signal };

/** What a crash may forget. A save writes the models that changed, in one transaction. Chosen arbitrarily. */
const saveEveryMs = 5_000;

/** A save that fails is tried again with the next one: learning is no reason to fail an answer. */
function savedNowAndThen(memory: RoutingMemory): RoutingMemory & AsyncDisposable {
  const save = () => memory.save(unbounded).catch(() => undefined);
  const timer = setInterval(save, saveEveryMs);
  timer.unref();
  return {
    ...memory,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await save();
    },
  };
}

async function readProvidersFile({ providersFile, variables }: Config["generation"]) {
  if (providersFile === undefined) return [];
  let text: string;
  let changedAt: Date;
  try {
    text = await readFile(providersFile, "utf8");
    changedAt = (await stat(providersFile)).mtime;
  } catch (cause) {
    throw new LarderError("PROVIDERS_FILE_INVALID", { details: { problems: "the file cannot be read" }, cause });
  }
  return parseProvidersFile(text, { environment: variables(), changedOn: changedAt.toISOString().slice(0, 10) });
}

/** Providers that somebody wrote down and that cannot be asked: `acme: ACME_KEY is not set`. */
function missingKeys(ofFile: readonly ProviderSetup[]): string[] {
  return ofFile.flatMap(({ id, isKeyNeeded, key, keyVariable }) =>
    isKeyNeeded && key === undefined ? [`${id}: ${keyVariable ?? "its key"} is not set`] : [],
  );
}

function healthOf(router: GeneratorRouter, isOffline: boolean, problems: readonly string[]): ComponentHealth {
  const count = router.models().filter((model) => model.isConfigured && (model.isLocal || !isOffline)).length;
  const none = "no model may be asked: answers are quoted from the evidence";
  const able = count === 0 ? none : `${count} ${count === 1 ? "model" : "models"} may be asked`;
  const offline = isOffline ? ["LARDER_OFFLINE is set: only local models are asked"] : [];
  const detail = [...problems, ...offline, able].join("; ");
  return { name: "generation", state: problems.length === 0 ? "ok" : "degraded", detail };
}
