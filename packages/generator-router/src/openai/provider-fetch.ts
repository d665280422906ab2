import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { Agent } from "undici";

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
 * As much of `fetch` as the SDK needs, over a pool of kept-alive sockets of its own. Redirects are not followed: one would carry the prompt to a host
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
    await socketsSeen();
    // `request` and not `fetch`: a stream of the web's kind costs about as much again as the call. It follows no redirect.
    const { statusCode: status, headers: told, body } = await agent.request(callOf(url as string, init as RequestInit));
    body.on("error", () => undefined); // whoever reads is told by the reading
    const headers = new Headers();
    for (const [name, value] of Object.entries(told)) headers.set(name, String(value));
    const isEmpty = status === 204 || status === 304;
    if (status < 200 || status >= 300) {
      return new Response(isEmpty ? null : await startOf(Readable.toWeb(body) as ReadableStream<Uint8Array>), {
        status,
        headers,
      });
    }
    return { ok: true, status, headers, body: isEmpty ? null : body, url: String(url) } as unknown as Response;
  };
  return { fetch: send as typeof globalThis.fetch, close: () => agent.destroy() };
}

/**
 * One whole turn of the event loop. After a stall, such as a write that waited for a lock, an idle socket that the provider
 * closed meanwhile still looks open: what is sent on it is lost, its bill unknown, and nobody may repeat it.
 */
async function socketsSeen(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve)); // the rest of this turn, whose look at the sockets may be old
  await new Promise((resolve) => setImmediate(resolve)); // and one that has looked
}

function callOf(url: string, { method = "GET", headers, body, signal }: RequestInit): Dispatcher.RequestOptions {
  const { origin, pathname, search } = new URL(url);
  return {
    origin,
    path: pathname + search,
    method: method as Dispatcher.HttpMethod,
    headers: headers as Record<string, string>,
    body: (body as string | null | undefined) ?? null,
    signal: signal ?? null,
  };
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
