import type { QuoteSources } from "./quote-models.ts";

/** The same sources with the models that could be asked. Whether credentials are there does not change while it runs. */
export function withCredentialsOnly(sources: QuoteSources): QuoteSources {
  const { priceBook, providers } = sources;
  const models = priceBook.models().filter(({ provider }) => providers.get(provider)?.isConfigured === true);
  return { ...sources, priceBook: { ...priceBook, models: () => models } };
}
