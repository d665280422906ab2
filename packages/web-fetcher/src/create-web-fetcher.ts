import type { Call, FetchedPage, WebFetcher } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { Agent, request } from "undici";
import { addressRefused, checkAddress, checkRedirect, isAllowedPrivately } from "./check-address.ts";
import { decodedBody } from "./decoded-body.ts";
import type { ResolveHost } from "./guarded-lookup.ts";
import { guardedLookup, resolveBySystem } from "./guarded-lookup.ts";
import { fileNameOf } from "./page-name.ts";
import type { Politeness, PolitenessOptions } from "./politeness.ts";
import { createPoliteness } from "./politeness.ts";

export interface WebFetcherOptions {
  /** Decoded bytes of one document. @defaultValue 20 MiB */
  readonly bytesMax?: number;
  /** Setting named in the error above it. */
  readonly bytesMaxSetting?: string;
  /** From the request to the last byte, redirects included. @defaultValue 30000 */
  readonly timeoutMs?: number;
  /** @defaultValue 10000 */
  readonly connectTimeoutMs?: number;
  /** @defaultValue 5 */
  readonly redirectsMax?: number;
  /** `host` or `host:port` that may be asked although they are not public. */
  readonly privateHosts?: readonly string[];
  /** Names this program to servers. */
  readonly userAgent?: string;
  /** Asked before each address. Absent: whoever sends an address answers for it. */
  readonly politeness?: Politeness;
  /** For tests: names without a name server. */
  readonly resolve?: ResolveHost;
  /** For tests: certificates (PEM) trusted instead of those that Node trusts. */
  readonly trustedCertificates?: string;
}

const headersBytesMax = 64 * 1024;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches by http and https from public addresses. Each hop of a redirect is checked like the first address; a
 * connection goes to the very address that was checked. Sends no cookies, no credentials and no referrer.
 */
export function createWebFetcher(options: WebFetcherOptions = {}): WebFetcher {
  const {
    bytesMax = 20 * 2 ** 20,
    bytesMaxSetting = "LARDER_FETCH_BYTES_MAX",
    timeoutMs = 30_000,
    connectTimeoutMs = 10_000,
    redirectsMax = 5,
    userAgent = "Larder",
    resolve = resolveBySystem,
    politeness,
  } = options;
  const privateHosts = new Set(options.privateHosts);
  const trusted = options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates };

  /** One connection for one document: nothing of it is left for the next. */
  function openAgent(url: URL): Agent {
    const lookup = isAllowedPrivately(url, privateHosts) ? {} : { lookup: guardedLookup(resolve) };
    return new Agent({
      connect: { timeout: connectTimeoutMs, ...lookup, ...trusted },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxHeaderSize: headersBytesMax,
      pipelining: 0,
    });
  }

  async function ask(url: URL, signal: AbortSignal, agent: Agent) {
    const headers = { "accept-encoding": "identity", accept: "*/*", "user-agent": userAgent };
    const stop = (): void => void agent.destroy(toError(signal.reason));
    try {
      signal.throwIfAborted();
      signal.addEventListener("abort", stop); // undici hears a signal only once it is connected, look-up and all
      return await request(url, { dispatcher: agent, signal, headers });
    } catch (thrown) {
      throw toAddressError(thrown);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async function follow<T>(start: URL, receive: (page: FetchedPage) => Promise<T>, signal: AbortSignal): Promise<T> {
    let url = start;
    for (let hops = 0; ; hops += 1) {
      const agent = openAgent(url);
      try {
        const response = await ask(url, signal, agent);
        const { statusCode: status, headers } = response;
        const location = oneOf(headers.location);
        if (redirectStatuses.has(status) && location !== undefined) {
          if (hops >= redirectsMax) throw addressRefused("redirects");
          url = checkRedirect(url, location, privateHosts);
          await politeness?.allow(url);
          continue;
        }
        if (status < 200 || status >= 300) {
          throw new LarderError("ADDRESS_ANSWERED_ERROR", { details: { siteStatus: status } });
        }
        const declaredBytes = Number(oneOf(headers["content-length"]) ?? 0);
        const tooLarge = () =>
          new LarderError("DOCUMENT_TOO_LARGE", { details: { bytesMax, setting: bytesMaxSetting } });
        if (declaredBytes > bytesMax) throw tooLarge();
        const body = typedErrors(decodedBody(response.body, headers, bytesMax, tooLarge));
        return await receive(pageOf(url, headers, body));
      } finally {
        await agent.destroy();
      }
    }
  }

  return {
    async fetch(url, receive, call: Call) {
      const start = checkAddress(url, privateHosts);
      await politeness?.admit(start, call); // to wait for a turn is none of the time that a page may take
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
      try {
        return await follow(start, receive, signal);
      } catch (thrown) {
        throw call.signal.aborted ? call.signal.reason : thrown;
      }
    },
  };
}

/** The same with robots.txt and a pace for each host. */
export function createPoliteWebFetcher(options: WebFetcherOptions & PolitenessOptions = {}): WebFetcher {
  return createWebFetcher({ ...options, politeness: createPoliteness(createWebFetcher(options), options) });
}

/** Errors of the network, unless one of ours is the reason for them. */
function toAddressError(thrown: unknown): unknown {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) if (LarderError.is(cause)) return cause;
  if (!(thrown instanceof Error)) return thrown;
  return new LarderError("ADDRESS_UNREACHABLE", { cause: thrown });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}

/** So that whoever stores the body can tell a broken connection from a full disk. */
async function* typedErrors(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    throw toAddressError(thrown);
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function pageOf(url: URL, headers: Headers, body: AsyncIterable<Uint8Array>): FetchedPage {
  const address = new URL(url);
  address.hash = "";
  const mediaType = (oneOf(headers["content-type"])?.split(";")[0] ?? "").trim().toLowerCase();
  const fileName = fileNameOf(url);
  return { url: address.href, mediaType, body, ...(fileName === undefined ? {} : { fileName }) };
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
