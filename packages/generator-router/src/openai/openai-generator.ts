import type { Clock, Generator, GeneratorEvent, GeneratorRequest, Secret } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import OpenAI, { APIConnectionError, APIError } from "openai";
import { toChatBody } from "./chat-body.ts";
import { fromConnection, fromStatus } from "./classify-failure.ts";
import { clientOptions } from "./client-options.ts";
import type { ConnectionLimits, ProviderFetch } from "./provider-fetch.ts";
import { defaultConnectionLimits, openProviderFetch } from "./provider-fetch.ts";
import { readChatReply, readChatStream } from "./read-chat-stream.ts";
import { readRetryAfter } from "./retry-after.ts";
import type { WireDialect } from "./wire-dialect.ts";

/** Longest time that the SDK waits for headers: a timer's most, for the router's own timers know more. */
const headersTimeoutMs = 2_147_483_647;
/** A reply that is not a stream is read whole, up to here. */
const replyBytesMax = 16_000_000;
/** After the last event the body ends at once. Only a socket whose body was read to its end can be used again. */
const endMs = 1_000;
const endBytesMax = 64_000;

export interface OpenAiGeneratorOptions {
  /** The provider's id. */
  readonly id: string;
  readonly baseUrl: string;
  /** Absent: no `Authorization` is sent. */
  readonly key?: Secret;
  readonly wire: WireDialect;
  /** Dates in `Retry-After` are read against it. */
  readonly clock: Pick<Clock, "nowMs">;
  readonly connections?: Partial<ConnectionLimits>;
}

/** A generator with its sockets. Whoever opened it closes it; an idle socket keeps no process alive. */
export interface OpenAiGenerator extends Generator {
  /** Ends the sockets; idempotent. */
  close(): Promise<void>;
}

/**
 * A generator for any endpoint that speaks OpenAI chat completions. One call is one HTTP request, always streamed. The
 * socket of a whole answer is used again; that of any other is closed.
 */
export function createOpenAiGenerator(options: OpenAiGeneratorOptions): OpenAiGenerator {
  // Made at the first call: the key is revealed when something is sent, not before.
  let opened: { readonly client: OpenAI; readonly pool: ProviderFetch } | undefined;
  return {
    id: options.id,
    async *generate(request, call) {
      opened ??= openClient(options);
      // Leaving the loop must close the connection too, so the socket hangs on a signal of this call alone.
      const { signal, leave, stop } = followed(call.signal);
      let rest: AsyncIterator<Uint8Array> | undefined;
      let isWhole = false;
      try {
        call.signal.throwIfAborted();
        const response = await send(opened.client, request, options, signal);
        rest = response.body?.[Symbol.asyncIterator]();
        for await (const event of readResponse(response, rest, options.wire)) {
          isWhole = event.kind === "finished";
          yield event;
        }
      } catch (thrown) {
        if (call.signal.aborted) throw call.signal.reason;
        throw asLarderError(thrown, options.clock.nowMs());
      } finally {
        leave();
        if (isWhole && rest !== undefined) void readToEnd(rest, stop);
        else stop();
      }
    },
    close: async () => opened?.pool.close(),
  };
}

/** A signal that follows another one until it is left; `AbortSignal.any` could not be left. */
function followed(signal: AbortSignal) {
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  return { signal: own.signal, stop, leave: () => signal.removeEventListener("abort", stop) };
}

async function readToEnd(rest: AsyncIterator<Uint8Array>, stop: () => void): Promise<void> {
  const timer = setTimeout(stop, endMs).unref();
  try {
    for (let bytes = 0; bytes < endBytesMax; ) {
      const step = await rest.next();
      if (step.done === true) return;
      bytes += step.value.length;
    }
    stop();
  } catch {
    // The answer is whole; the socket is gone, and that is all.
  } finally {
    clearTimeout(timer);
  }
}

function openClient({ baseUrl, key, id, connections }: OpenAiGeneratorOptions) {
  const pool = openProviderFetch({ ...defaultConnectionLimits, ...connections });
  const client = clientOver(pool, { baseUrl, id, ...(key && { key }) });
  return { client, pool };
}

function clientOver(pool: ProviderFetch, { baseUrl, key, id }: Pick<OpenAiGeneratorOptions, "baseUrl" | "key" | "id">) {
  return new OpenAI({
    ...clientOptions({ baseUrl, ...(key && { key }) }),
    timeout: headersTimeoutMs,
    fetch: (url, init) => pool.fetch(url, { ...init, headers: plainHeaders(init?.headers, key !== undefined, id) }),
  });
}

/** Only what a chat request needs: the SDK adds facts about this machine, and headers from the environment. */
function plainHeaders(headers: RequestInit["headers"], isKeyed: boolean, id: string): Record<string, string> {
  const authorization = isKeyed ? new Headers(headers).get("authorization") : null;
  return {
    "content-type": "application/json",
    accept: "text/event-stream",
    "user-agent": "larder",
    ...(authorization !== null && { authorization }),
    ...(id === "openrouter" && { "x-title": "Larder" }),
  };
}

function send(client: OpenAI, request: GeneratorRequest, { wire }: OpenAiGeneratorOptions, signal: AbortSignal) {
  return client.chat.completions
    .create(
      {
        stream: true,
        ...toChatBody(request, wire),
        ...(wire.asksForUsage ? { stream_options: { include_usage: true } } : {}),
      },
      { signal },
    )
    .asResponse();
}

async function* readResponse(
  response: Response,
  rest: AsyncIterator<Uint8Array> | undefined,
  wire: WireDialect,
): AsyncGenerator<GeneratorEvent, void, undefined> {
  const type = response.headers.get("content-type") ?? "text/event-stream";
  if (rest === undefined) throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "no_body" } });
  // Without `return`: whoever stops reading early must not close a socket that can be used again.
  const body = { [Symbol.asyncIterator]: () => ({ next: () => rest.next() }) };
  if (type.includes("text/event-stream")) return yield* readChatStream(body, wire);
  if (type.includes("json")) return yield* readChatReply(await readText(body));
  throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "not_a_stream" } });
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > replyBytesMax)
      throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "reply_too_long" } });
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Errors of the SDK hold the reply's headers and body; only facts leave here. */
function asLarderError(thrown: unknown, nowMs: number): LarderError {
  if (LarderError.is(thrown)) return thrown;
  if (thrown instanceof APIConnectionError) return fromConnection(thrown);
  if (thrown instanceof APIError && typeof thrown.status === "number") {
    const headers = thrown.headers instanceof Headers ? thrown.headers : new Headers();
    const body = thrown.error === undefined ? undefined : { error: thrown.error };
    return fromStatus(thrown.status, body, readRetryAfter(headers, nowMs));
  }
  return fromConnection(thrown);
}
