import type { ProviderSetup } from "@larder/generator-router";
import { discoverLocalProvider } from "@larder/generator-router";
import type { Config } from "./config.ts";
import { isPrivateAddress } from "./loopback.ts";

export interface LocalProviders {
  /** In the order of the settings: `local`, `local-2`, … */
  readonly setups: readonly ProviderSetup[];
  /** Servers that do not answer, one sentence each. Looked at again when asked, at most every half minute. */
  problems(): readonly string[];
}

const startTimeoutMs = 2_000;
const healthEveryMs = 30_000;

/**
 * What the servers of LARDER_LOCAL_BASE_URL serve, asked all at once. One that does not answer is left out until the next
 * start, and its place in the names stays free. Offline, only addresses of this machine and its network are asked.
 */
export async function findLocalProviders(
  { localBaseUrls, localCosts, isOffline }: Pick<Config["generation"], "localBaseUrls" | "localCosts" | "isOffline">,
  today: string,
): Promise<LocalProviders> {
  const look = async (baseUrl: string, index: number) => {
    const place = localBaseUrls.length === 1 ? "LARDER_LOCAL_BASE_URL" : `${index + 1} of LARDER_LOCAL_BASE_URL`;
    if (isOffline && !isPrivateAddress(new URL(baseUrl).hostname)) {
      return { problem: `the server at ${place} is not asked (offline): it has no address of this network` };
    }
    const id = index === 0 ? "local" : `local-${index + 1}`;
    const call = { signal: AbortSignal.timeout(startTimeoutMs) };
    try {
      return {
        setup: await discoverLocalProvider({ id, baseUrl, today, ...(localCosts && { costs: localCosts }) }, call),
      };
    } catch {
      const offline = isOffline ? " (offline)" : "";
      return { problem: `the local server at ${place} does not answer${offline}: start it, then Larder` };
    }
  };
  let found = await Promise.all(localBaseUrls.map(look));
  const setups = found.flatMap(({ setup }) => (setup === undefined ? [] : [setup]));
  let lookedAtMs = performance.now();
  return {
    setups,
    problems() {
      if (localBaseUrls.length > 0 && performance.now() - lookedAtMs > healthEveryMs) {
        lookedAtMs = performance.now();
        void Promise.all(localBaseUrls.map(look)).then((now) => {
          found = now;
        });
      }
      return found.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    },
  };
}
