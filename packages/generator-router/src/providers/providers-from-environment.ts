import { Secret } from "@larder/contracts";
import type { Catalog } from "../catalog/read-catalog.ts";
import { knownProviders } from "./known-providers.ts";
import type { ProviderSetup } from "./provider-setup.ts";

/**
 * Every known provider with its models of the catalog, in the catalog's order; one without its variable has no key, so
 * that its prices can be shown and its models are refused as `no_credentials`. Pure.
 */
export function providersFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  catalog: Catalog,
): readonly ProviderSetup[] {
  return knownProviders.map(({ id, baseUrl, keyVariable, wire, hasBatches = false }) => {
    const key = environment[keyVariable]?.trim();
    return {
      id,
      baseUrl,
      isLocal: false,
      isKeyNeeded: true,
      ...(key && { key: new Secret(key) }),
      wire,
      hasBatches,
      models: catalog.models.filter(({ provider }) => provider === id),
    };
  });
}

/** Providers by id; where two lists name the same one, the later list's stands whole. Order of first appearance. */
export function mergeProviders(...lists: readonly (readonly ProviderSetup[])[]): readonly ProviderSetup[] {
  return [...new Map(lists.flat().map((provider) => [provider.id, provider])).values()];
}
