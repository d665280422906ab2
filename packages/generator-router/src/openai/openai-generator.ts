import type { Clock, Generator, GeneratorEvent, GeneratorRequest, Secret } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import OpenAI, { APIConnectionError, APIError } from "openai";
import { fromConnection, fromStatus } from "./classify-failure.ts";
import { readChatReply, readChatStream } from "./read-chat-stream.ts";
import { readRetryAfter } from "./retry-after.ts";
import type { WireDialect } from "./wire-dialect.ts";
import { toWireSampling } from "./wire-sampling.ts";

/** Longest time that the SDK waits for headers; the router's own timers are shorter. */
const headersTimeoutMs = 3_600_000;
/** A reply that is not a stream is read whole, up to here. */
const replyBytesMax = 16_000_000;

export interface OpenAiGeneratorOptions {
  /** The provider's id. */
  readonly id: string;
  readonly baseUrl: string;
  /** Absent: no `Authorization` is sent. */
  readonly key?: Secret;
  readonly wire: WireDialect;
  /** Dates in `Retry-After` are read against it. */
  readonly clock: Pick<Clock, "nowMs">;
}

/** A generator for any endpoint that speaks OpenAI chat completions. One call is one HTTP request, always streamed. */
export function createOpenAiGenerator(options: OpenAiGeneratorOptions): Generator {
  // Made at the first call: the key is revealed when something is sent, not before.
  let client: OpenAI | undefined;
  return {
    id: options.id,
    async *generate(request, call) {
      client ??= openClient(options);
      // Leaving the loop must close the connection too, so the socket hangs on a signal of this call alone.
      const left = new AbortController();
      const signal = AbortSignal.any([call.signal, left.signal]);
      try {
        call.signal.throwIfAborted();
        const response = await send(client, request, options, signal);
        yield* readResponse(response, options.wire);
      } catch (thrown) {
        if (call.signal.aborted) throw call.signal.reason;
        throw asLarderError(thrown, options.clock.nowMs());
      } finally {
        left.abort();
      }
    },
  };
}

function openClient({ baseUrl, key, id }: OpenAiGeneratorOptions): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: key?.reveal() ?? "none",
    // The SDK reads these from the environment when they are left out; none of it is meant for other providers.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: headersTimeoutMs,
    fetch: (url, init) =>
      // A redirect would carry the prompt to a host that nobody configured.
      fetch(url, { ...init, headers: plainHeaders(init?.headers, key !== undefined, id), redirect: "manual" }),
  });
}

/** Only what a chat request needs: the SDK adds facts about this machine, and headers from the environment. */
function plainHeaders(headers: RequestInit["headers"], isKeyed: boolean, id: string): Headers {
  const all = new Headers(headers);
  const plain = new Headers({
    "content-type": "application/json",
    accept: "text/event-stream",
    "user-agent": "larder",
  });
  const authorization = all.get("authorization");
  if (isKeyed && authorization !== null) plain.set("authorization", authorization);
  if (id === "openrouter") plain.set("x-title", "Larder");
  return plain;
}

function send(client: OpenAI, request: GeneratorRequest, { wire }: OpenAiGeneratorOptions, signal: AbortSignal) {
  const { responseFormat: format } = request;
  return client.chat.completions
    .create(
      {
        model: request.model,
        messages: request.prompt.messages.map(({ role, content }) => ({ role, content })),
        stream: true,
        [wire.outputLimitField]: request.outputTokensMax,
        ...(wire.asksForUsage ? { stream_options: { include_usage: true } } : {}),
        ...toWireSampling(request.sampling),
        ...(request.isJsonObject === true && { response_format: { type: "json_object" as const } }),
        ...(format && {
          response_format: {
            type: "json_schema",
            json_schema: { name: format.name, schema: { ...format.schema }, strict: true },
          },
        }),
      },
      { signal },
    )
    .asResponse();
}

async function* readResponse(response: Response, wire: WireDialect): AsyncGenerator<GeneratorEvent, void, undefined> {
  const type = response.headers.get("content-type") ?? "text/event-stream";
  if (response.body === null) throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "no_body" } });
  if (type.includes("text/event-stream")) return yield* readChatStream(response.body, wire);
  if (type.includes("json")) return yield* readChatReply(await readText(response.body));
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
