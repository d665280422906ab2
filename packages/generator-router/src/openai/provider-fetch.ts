import type { RequestInit as PoolInit } from "undici";
import { Agent, fetch } from "undici";

/** Sockets to one provider. How many there are at once is the router's to say, which lets no more calls begin. */
export interface ConnectionLimits {
  /** An idle socket is kept this long for the next call, or shorter where the provider says so. */
  readonly keepAliveMs: number;
  /** To a connection that stands, TLS included. */
  readonly connectMs: number;
}

/** Chosen from experience: most providers close after a minute, and a race with that close is a lost call. */
export const defaultConnectionLimits: ConnectionLimits = { keepAliveMs: 30_000, connectMs: 10_000 };

/** The body of a refusal is read for its meaning, this far and this long. */
const refusalBytesMax = 64_000;
const refusalMs = 1_000;

export interface ProviderFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Ends the sockets; idempotent. */
  close(): Promise<void>;
}

/**
 * `fetch` over a pool of kept-alive sockets of its own. Redirects are not followed: one would carry the prompt to a host
 * that nobody configured. It has no time limits but that of connecting, for the router's timers know more; the body of a
 * refusal is cut short, for a refusal whose body never ends is still a refusal.
 */
export function openProviderFetch({ keepAliveMs, connectMs }: ConnectionLimits): ProviderFetch {
  const agent = new Agent({
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectMs },
  });
  const send = async (url: unknown, init: unknown): Promise<Response> => {
    const options = { ...(init as PoolInit), dispatcher: agent, redirect: "manual" } as const;
    const response = (await fetch(url as string, options)) as unknown as Response;
    if (response.ok || response.body === null) return response;
    const { status, headers } = response;
    return new Response(await startOf(response.body), { status, headers: [...headers] });
  };
  return { fetch: send as typeof globalThis.fetch, close: () => agent.destroy() };
}

/** What came within the limits. A body that breaks off is no news beside the status. */
async function startOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), refusalMs);
  try {
    while (bytes < refusalBytesMax) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.length;
    }
  } catch {
    // the status says enough
  } finally {
    clearTimeout(timer);
    void reader.cancel().catch(() => undefined);
  }
  return Buffer.concat(parts).toString("utf8");
}
