import { isIP } from "node:net";
import { LarderError } from "@larder/contracts";
import { isPublicAddress } from "./public-address.ts";

export type RefusalReason =
  | "not_an_address"
  | "scheme"
  | "credentials"
  | "port"
  | "not_public"
  | "downgrade"
  | "redirects";

const defaultPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * Reads an address once, the way it will be used, and refuses what must not be asked. A name passes here; what it stands
 * for is checked when it is looked up.
 *
 * @param privateHosts - `host` or `host:port` that the operator allows although they are not public, at any port
 * @throws {@link LarderError} `ADDRESS_REFUSED`
 */
export function checkAddress(raw: string | URL, privateHosts: ReadonlySet<string>): URL {
  let url: URL;
  try {
    url = new URL(raw);
  } catch {
    throw addressRefused("not_an_address");
  }
  const defaultPort = defaultPorts[url.protocol];
  if (defaultPort === undefined) throw addressRefused("scheme");
  if (url.username !== "" || url.password !== "") throw addressRefused("credentials");
  if (isAllowedPrivately(url, privateHosts)) return url;
  if (url.port !== "" && !Object.values(defaultPorts).includes(url.port)) throw addressRefused("port");
  const host = withoutBrackets(url.hostname);
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw addressRefused("not_public");
  return url;
}

/**
 * The next address of a redirect, checked like the first one. What the operator allows although it is not public is for
 * whoever may give addresses to name: a page of the internet cannot send Larder there, only another allowed host can.
 *
 * @throws {@link LarderError} `ADDRESS_REFUSED`
 */
export function checkRedirect(from: URL, location: string, privateHosts: ReadonlySet<string>): URL {
  const next = checkAddress(URL.canParse(location, from.href) ? new URL(location, from) : location, privateHosts);
  if (from.protocol === "https:" && next.protocol === "http:") throw addressRefused("downgrade");
  if (isAllowedPrivately(next, privateHosts) && !isAllowedPrivately(from, privateHosts)) {
    throw addressRefused("not_public");
  }
  return next;
}

export function isAllowedPrivately(url: URL, privateHosts: ReadonlySet<string>): boolean {
  const port = url.port === "" ? (defaultPorts[url.protocol] ?? "") : url.port;
  return privateHosts.has(url.hostname) || privateHosts.has(`${url.hostname}:${port}`);
}

export function addressRefused(reason: RefusalReason, cause?: unknown): LarderError {
  return new LarderError("ADDRESS_REFUSED", { details: { reason }, cause });
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
