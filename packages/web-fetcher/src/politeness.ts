import { setTimeout as delay } from "node:timers/promises";
import type { Call, WebFetcher } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Robots } from "./robots.ts";
import { allowAll, readRobots } from "./robots.ts";

export interface PolitenessOptions {
  /** `false`: only the pace is kept. @defaultValue true */
  readonly asksRobots?: boolean;
  /** Name that robots.txt is read for. @defaultValue Larder */
  readonly robotsAgent?: string;
  /** Between two requests to one host. @defaultValue 1000 */
  readonly hostGapMs?: number;
  /** Most that a site's own delay is followed; a site that asks for more gets this. @defaultValue 30000 */
  readonly crawlDelayMsMax?: number;
  /** Longest wait for a turn; who would wait longer is told to come again. @defaultValue 60000 */
  readonly turnWaitMsMax?: number;
}

/** What a fetcher asks before it asks a site. */
export interface Politeness {
  /** Waits for a turn at the site. @throws {@link LarderError} as `allow`; `QUEUE_FULL` */
  admit(url: URL, call: Call): Promise<void>;
  /** @throws {@link LarderError} `ADDRESS_FORBIDS_ROBOTS`; `ADDRESS_UNREACHABLE` */
  allow(url: URL): Promise<void>;
}

interface Site {
  readonly robots: Promise<Robots>;
  readonly expiresAtMs: number;
  nextTurnAtMs: number;
}

/** RFC 9309 says at most a day. */
const robotsKeptMs = 60 * 60 * 1_000;
/** The RFC asks for at least 500 KiB; what comes after it is not read. */
const robotsBytesMax = 500 * 1024;
/** Forgotten from the oldest. */
const sitesMax = 1_000;

/** A robots.txt is fetched for all who wait for it; that one of them leaves is no reason to stop. */
const ofAll: Call = { signal: new AbortController().signal };

/** Keeps to robots.txt and to a pace, host by host, whoever asks. `fetcher` gets the robots.txt itself. */
export function createPoliteness(fetcher: WebFetcher, options: PolitenessOptions = {}): Politeness {
  const {
    asksRobots = true,
    robotsAgent = "Larder",
    hostGapMs = 1_000,
    crawlDelayMsMax = 30_000,
    turnWaitMsMax = 60_000,
  } = options;
  const sites = new Map<string, Site>();

  function siteOf({ origin }: URL): Site {
    const known = sites.get(origin);
    if (known !== undefined && known.expiresAtMs > performance.now()) return known;
    const robots = asksRobots ? fetchRobots(origin) : Promise.resolve(allowAll);
    robots.catch(() => sites.get(origin)?.robots === robots && sites.delete(origin)); // to be asked again
    const site = { robots, expiresAtMs: performance.now() + robotsKeptMs, nextTurnAtMs: known?.nextTurnAtMs ?? 0 };
    sites.delete(origin);
    sites.set(origin, site);
    const [oldest] = sites.keys();
    if (sites.size > sitesMax && oldest !== undefined) sites.delete(oldest);
    return site;
  }

  async function fetchRobots(origin: string): Promise<Robots> {
    try {
      const text = await fetcher.fetch(`${origin}/robots.txt`, async ({ body }) => readStart(body), ofAll);
      return readRobots(text, robotsAgent);
    } catch (thrown) {
      const status = LarderError.is(thrown) ? thrown.details.siteStatus : undefined;
      if (typeof status === "number" && status >= 400 && status < 500) return allowAll; // there is none
      if (LarderError.is(thrown) && thrown.code === "ADDRESS_ANSWERED_ERROR") throw forbidden("robots_unavailable");
      throw thrown;
    }
  }

  async function allowed(site: Site, url: URL): Promise<Robots> {
    const robots = await site.robots;
    if (!robots.isAllowed(url.pathname + url.search)) throw forbidden("disallowed");
    return robots;
  }

  return {
    async allow(url) {
      await allowed(siteOf(url), url);
    },
    async admit(url, call) {
      const site = siteOf(url);
      const { crawlDelaySeconds = 0 } = await allowed(site, url);
      const now = performance.now();
      const startAtMs = Math.max(now, site.nextTurnAtMs);
      const waitMs = startAtMs - now;
      if (waitMs > turnWaitMsMax) throw new LarderError("QUEUE_FULL", { details: { retryAfterMs: Math.ceil(waitMs) } });
      site.nextTurnAtMs = startAtMs + Math.max(hostGapMs, Math.min(crawlDelaySeconds * 1_000, crawlDelayMsMax));
      if (waitMs > 0) await delay(waitMs, undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted());
    },
  };
}

function forbidden(reason: "disallowed" | "robots_unavailable"): LarderError {
  return new LarderError("ADDRESS_FORBIDS_ROBOTS", { details: { reason } });
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.byteLength;
    if (length >= robotsBytesMax) break;
  }
  return Buffer.concat(pieces).toString("utf8", 0, robotsBytesMax);
}
