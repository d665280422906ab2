import { LarderError } from "@larder/contracts";
import { readConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { isLoopback } from "./loopback.ts";

export interface LocalServerPlace {
  /** `local`, `local-2`, … by its place in the settings. */
  readonly id: string;
  readonly baseUrl: string;
}

/**
 * The local server of that id, for commands that ask it without a running Larder. Another address is taken only if it is
 * of this machine: what is sent there leaves it to nobody.
 * @throws {@link LarderError} `ECONOMICS_SERVER_NOT_LOCAL`, `CONFIG_INVALID`
 */
export function readLocalServer(environment: Environment, id: string, baseUrl?: string): LocalServerPlace {
  const { localBaseUrls } = readConfig(environment).generation;
  if (baseUrl === undefined) {
    const place = /^local(?:-(\d+))?$/.exec(id);
    const configured = place === null ? undefined : localBaseUrls[Number(place[1] ?? 1) - 1];
    if (configured === undefined) throw new LarderError("ECONOMICS_SERVER_NOT_LOCAL", { details: { provider: id } });
    return { id, baseUrl: configured };
  }
  const isOurs = URL.canParse(baseUrl) && /^https?:$/.test(new URL(baseUrl).protocol);
  if (isOurs && (isLoopback(new URL(baseUrl).hostname) || localBaseUrls.includes(baseUrl))) return { id, baseUrl };
  throw new LarderError("ECONOMICS_SERVER_NOT_LOCAL", { details: { provider: id } });
}
