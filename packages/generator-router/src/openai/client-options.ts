import type { Secret } from "@larder/contracts";

/** What every client of the SDK is made with here: it never retries, logs nothing and reads no environment. */
export function clientOptions({ baseUrl, key }: { readonly baseUrl: string; readonly key?: Secret }) {
  return {
    baseURL: baseUrl,
    apiKey: key?.reveal() ?? "none",
    // The SDK reads these from the environment when they are left out; none of it is meant for other providers.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
  } as const;
}
