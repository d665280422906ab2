import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export type { FakeBatches, FakeBatchOptions } from "./fake-batches.ts";

import type { FakeBatches, FakeBatchOptions } from "./fake-batches.ts";
import { createFakeBatches } from "./fake-batches.ts";
import type { AttoUsd, FakePrices } from "./fake-bill.ts";
import { billOf } from "./fake-bill.ts";
import type { FakeAnswer, FakeRequest, FakeUsage, WireStep } from "./fake-wire.ts";
import { planReply } from "./plan-reply.ts";
import { messagesOf, wordsOf } from "./wire-steps.ts";

export interface FakeModel {
  readonly id: string;
  /** Absent: it bills nothing. */
  readonly prices?: FakePrices;
  /** Told by `GET /v1/models` as `max_model_len`, as vLLM does. */
  readonly contextTokens?: number;
}

export interface FakeProviderOptions {
  readonly models: readonly FakeModel[];
  /** The key that requests must carry. Absent: none is asked for. */
  readonly key?: string;
  /** @defaultValue one delta, `"Fake answer [1]."` */
  readonly answer?: (request: FakeRequest) => FakeAnswer;
  /** Absent: it has no batch API. */
  readonly batches?: FakeBatchOptions;
  /** @defaultValue a token for every four UTF-16 units, rounded up */
  readonly countTokens?: (text: string) => number;
}

/** How a request went, as the provider saw it. */
export type FakeOutcome = "answered" | "refused" | "faulted" | "closed_by_client";

export interface FakeRecord {
  readonly request: FakeRequest;
  /** Without `authorization`: whether it was there and right is told by the two flags. */
  readonly headers: IncomingHttpHeaders;
  readonly hasAuthorization: boolean;
  readonly isAuthorized: boolean;
  readonly outcome: FakeOutcome;
  readonly usage: FakeUsage;
  /** What it charged, exactly; 0 when nothing was generated. */
  readonly bill: AttoUsd;
}

export interface FakeProvider extends AsyncDisposable {
  /** Base URL, such as `http://127.0.0.1:40000/v1`. */
  readonly url: string;
  /** Completions requests that came to an end, in the order in which they ended. */
  readonly records: readonly FakeRecord[];
  /** Completions requests that arrived, ended or not. */
  readonly arrivals: number;
  /** Requests of any kind that arrived. */
  readonly requestCount: number;
  readonly openSockets: number;
  /** Sockets that were opened, closed or not. */
  readonly socketCount: number;
  /** Absent where the options have none. */
  readonly batches?: FakeBatches;
  /** Resolves when `count` requests have ended; rejects after 5 s. */
  recorded(count: number): Promise<readonly FakeRecord[]>;
  /** Ends every socket; idempotent. */
  close(): Promise<void>;
}

/** A real HTTP server on 127.0.0.1 that speaks the OpenAI chat completions format, with scripted answers and faults. */
export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const countTokens = options.countTokens ?? ((text: string) => Math.ceil(text.length / 4));
  const answerOf: (request: FakeRequest) => FakeAnswer = options.answer ?? (() => ({ deltas: ["Fake answer [1]."] }));
  const records: FakeRecord[] = [];
  const waiting = new Set<() => void>();
  let arrivals = 0;
  let requestCount = 0;
  let openSockets = 0;
  let socketCount = 0;

  const batches = options.batches && createFakeBatches({ ...options.batches, answerOf, countTokens });

  const server = createServer((request, response) => {
    requestCount += 1;
    serve(request, response).catch(() => response.destroy());
  });
  // As most providers, and longer than a client keeps it: who closes first would be the machine's load to say.
  server.keepAliveTimeout = 65_000;
  server.on("connection", (socket) => {
    openSockets += 1;
    socketCount += 1;
    socket.on("close", () => {
      openSockets -= 1;
    });
    socket.on("error", () => undefined); // a client that leaves is part of the tests
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, ...headers } = request.headers;
    const isAuthorized = options.key === undefined || authorization === `Bearer ${options.key}`;
    const text = await readBody(request);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/v1/models" && request.method === "GET") {
      if (!isAuthorized) return refuse(response, 401);
      return reply(response, 200, {
        object: "list",
        data: options.models.map(({ id, contextTokens }) => ({
          id,
          object: "model",
          ...(contextTokens === undefined ? {} : { max_model_len: contextTokens }),
        })),
      });
    }
    if (batches !== undefined && isAuthorized && batches.serve({ method: request.method, path, text, response }))
      return;
    if (path !== "/v1/chat/completions" || request.method !== "POST") return refuse(response, 404);

    const asked = readRequest(arrivals++, text);
    const model = options.models.find(({ id }) => id === asked.model);
    const promptText = asked.messages.map(({ content }) => content).join("\n");
    const none: FakeUsage = { promptTokens: 0, completionTokens: 0 };
    const settle = (outcome: FakeOutcome, usage: FakeUsage) => {
      const bill = model?.prices === undefined ? 0n : billOf(usage, model.prices);
      const hasAuthorization = authorization !== undefined;
      records.push({ request: asked, headers, hasAuthorization, isAuthorized, outcome, usage, bill });
      for (const wake of [...waiting]) wake();
    };
    if (!isAuthorized || model === undefined) {
      settle("refused", none);
      return refuse(response, isAuthorized ? 404 : 401);
    }
    const answer = answerOf(asked);
    const usage: FakeUsage = answer.usage ?? {
      promptTokens: countTokens(promptText),
      completionTokens: countTokens(wordsOf(answer) + (answer.reasoning ?? []).join("")),
    };
    const played = await play(response, planReply(asked, answer, usage));
    if (played.isComplete)
      return settle(answer.fault?.kind === "status" ? "refused" : "answered", played.billed(usage));
    // Generation stopped half way: the prompt and what had been generated are still charged.
    const partial =
      played.outputText === undefined
        ? none
        : { ...usage, completionTokens: countTokens(played.outputText), reasoningTokens: 0 };
    settle(played.isClosedByClient ? "closed_by_client" : "faulted", partial);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  const close = async () => {
    server.closeAllConnections();
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}/v1`,
    ...(batches && { batches }),
    records,
    get arrivals() {
      return arrivals;
    },
    get requestCount() {
      return requestCount;
    },
    get openSockets() {
      return openSockets;
    },
    get socketCount() {
      return socketCount;
    },
    recorded: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`${records.length} of ${count} requests ended within 5 s`));
        }, 5_000);
        const check = () => {
          if (records.length < count) return;
          waiting.delete(check);
          clearTimeout(timer);
          resolve(records);
        };
        waiting.add(check);
        check();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Played {
  readonly isComplete: boolean;
  readonly isClosedByClient: boolean;
  /** Text generated so far; absent when none was. */
  readonly outputText: string | undefined;
  /** What a complete reply charges: nothing when it held no generation at all. */
  billed(usage: FakeUsage): FakeUsage;
}

async function play(response: ServerResponse, steps: readonly WireStep[]): Promise<Played> {
  let outputText: string | undefined;
  const left = new AbortController();
  response.once("close", () => left.abort());
  const gone = once(left.signal, "abort");
  const ended = (isComplete: boolean): Played => ({
    isComplete,
    isClosedByClient: !isComplete && left.signal.aborted,
    outputText,
    billed: (usage) => (outputText === undefined ? { promptTokens: 0, completionTokens: 0 } : usage),
  });
  for (const step of steps) {
    if (left.signal.aborted) return ended(false);
    switch (step.kind) {
      case "head":
        response.writeHead(step.status, step.headers);
        response.flushHeaders();
        break;
      case "bytes":
        if (step.outputText !== undefined) outputText = step.outputText;
        // Each write is flushed by itself, so that scripted packet borders are real ones.
        // A socket that is closed half way through a large write never calls back.
        await Promise.race([gone, new Promise<void>((resolve) => response.write(step.bytes, () => resolve()))]);
        break;
      case "wait":
        await delay(step.delayMs, undefined, { signal: left.signal }).catch(() => undefined);
        break;
      case "stall":
        if (!left.signal.aborted) await once(left.signal, "abort");
        return ended(false);
      case "reset": {
        const isGone = left.signal.aborted;
        response.socket?.resetAndDestroy();
        return { ...ended(false), isClosedByClient: isGone };
      }
      case "end":
        response.end();
        break;
    }
  }
  return ended(true);
}

function readRequest(index: number, text: string): FakeRequest {
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const options = body.stream_options as { readonly include_usage?: boolean } | undefined;
  return {
    index,
    model: String(body.model),
    messages: messagesOf(body),
    isStreaming: body.stream === true,
    wantsUsage: options?.include_usage === true,
    body,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number): void {
  const code = status === 401 ? "invalid_api_key" : "model_not_found";
  reply(response, status, { error: { message: "refused by the fake provider", type: "invalid_request_error", code } });
}
