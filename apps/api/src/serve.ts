import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Http2Bindings, HttpBindings } from "@hono/node-server";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Secret } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ServerBindings } from "./api-env.ts";
import { isLoopback } from "./loopback.ts";
import { newRequestId } from "./middleware/request-context.ts";
import { problemHeaders, toProblemBody } from "./problem.ts";
import { invalidRequest } from "./request/field-problems.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly apiKeys?: readonly Secret[];
  /** Longest time to receive a whole request, an upload's body included. @defaultValue 300,000 */
  readonly requestTimeoutMs?: number;
  /** Longest time to receive a request's headers. @defaultValue 15,000 */
  readonly headersTimeoutMs?: number;
  /** @defaultValue 16,384 */
  readonly headerBytesMax?: number;
}

export interface StartedServer {
  readonly url: string;
  /**
   * Takes no new request, lets those in work go on for `graceMs`, then aborts them with `SERVER_STOPPING`: an event
   * stream ends in an `error` event, another request in a 503. Sockets that remain after that are cut. Idempotent.
   */
  close(graceMs: number): Promise<void>;
}

/** What answers: the app of `createApi`. */
interface Fetcher {
  fetch(request: Request, bindings: ServerBindings): Response | Promise<Response>;
}

const lastWordsMs = 500; // time for aborted requests to send their problem

/**
 * Listens.
 * @throws {@link LarderError} `CONFIG_INVALID` for an address that others can reach without API keys, and for one that
 * cannot be listened on
 */
export async function startServer(app: Fetcher, options: ServerOptions): Promise<StartedServer> {
  if (!isLoopback(options.host) && (options.apiKeys ?? []).length === 0) {
    const problems = "LARDER_HOST is not a loopback address and LARDER_API_KEYS is not set";
    throw new LarderError("CONFIG_INVALID", { details: { problems } });
  }
  const requests = trackRequests(app);
  const listener = getRequestListener(requests.answer, {
    overrideGlobalObjects: false, // a library does not exchange its host's globals
    errorHandler: (thrown) => toResponse(LarderError.is(thrown) ? thrown : ofFailure(thrown)),
  });
  const { requestTimeoutMs = 300_000, headersTimeoutMs = 15_000 } = options;
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: headersTimeoutMs,
      maxHeaderSize: options.headerBytesMax ?? 16_384,
      connectionsCheckingInterval: Math.min(2_000, headersTimeoutMs), // how exactly the two timeouts are kept
      keepAliveTimeout: 5_000,
    },
    (incoming, outgoing) => {
      if (outgoing.socket === null) closeWith(incoming.socket, outgoing);
      if (requests.isDraining()) outgoing.setHeader("connection", "close");
      // Those that promised to keep their connection would hold the stop up until the client lets go of it.
      else outgoing.once("close", () => requests.isDraining() && server.closeIdleConnections());
      void listener(incoming, outgoing);
    },
  );
  server.on("clientError", refuseBytes);
  await listen(server, options);
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(server, options.host),
    close(graceMs) {
      closing ??= stop(server, requests, graceMs);
      return closing;
    },
  };
}

/** A response that waits behind another one of its connection is told nothing by Node when that is cut. */
function closeWith(socket: Socket, outgoing: ServerResponse): void {
  const close = () => {
    if (outgoing.socket === null) outgoing.destroy().emit("close");
  };
  socket.setMaxListeners(0).once("close", close); // as many as wait
  outgoing.once("socket", () => socket.off("close", close)); // its turn has come
}

interface Requests {
  answer(request: Request, env: HttpBindings | Http2Bindings): Response | Promise<Response>;
  isDraining(): boolean;
  drain(): void;
  abortAll(): void;
}

/** Gives each request a signal of its own, so that nothing long-lived gathers listeners. */
function trackRequests(app: Fetcher): Requests {
  const draining = new AbortController();
  const running = new Set<readonly AbortController[]>();
  return {
    answer(request, { incoming, outgoing }) {
      if (draining.signal.aborted) return toResponse(new LarderError("SERVER_STOPPING"));
      const controller = new AbortController();
      const own = [controller];
      running.add(own);
      outgoing.once("close", () => {
        running.delete(own);
        if (!outgoing.writableFinished) controller.abort(new LarderError("REQUEST_ABORTED"));
      });
      const stopping = () => {
        const lasting = new AbortController();
        own.push(lasting);
        return lasting.signal;
      };
      return app.fetch(request, {
        draining: draining.signal,
        controller,
        stopping,
        incoming: incoming as IncomingMessage,
        outgoing: outgoing as ServerResponse,
      });
    },
    isDraining: () => draining.signal.aborted,
    drain: () => draining.abort(),
    abortAll() {
      for (const controller of [...running].flat()) controller.abort(new LarderError("SERVER_STOPPING"));
    },
  };
}

const listenProblems: Readonly<Record<string, (address: string) => string>> = {
  EADDRINUSE: (address) =>
    `LARDER_PORT: ${address} is in use by another program; stop it, or choose another port (0 takes any free one)`,
  EACCES: (address) => `LARDER_PORT: ${address} may not be listened on by this user; choose a port above 1023`,
  EADDRNOTAVAIL: (address) => `LARDER_HOST: ${address} is no address of this machine; 127.0.0.1 is always one`,
};

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  server.listen({ host: host.replace(/^\[|\]$/g, ""), port });
  try {
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const problems = listenProblems[reason]?.(`${host}:${port}`) ?? `${host}:${port} cannot be listened on (${reason})`;
    throw new LarderError("CONFIG_INVALID", { details: { problems }, cause });
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const bare = host.replace(/^\[|\]$/g, "");
  return `http://${bare.includes(":") ? `[${bare}]` : bare}:${port}`;
}

async function stop(server: Server, requests: Requests, graceMs: number): Promise<void> {
  requests.drain();
  const closed = once(server, "close");
  server.close(); // and with it the connections that are idle
  if (await within(closed, graceMs)) return;
  requests.abortAll();
  if (await within(closed, lastWordsMs)) return;
  server.closeAllConnections();
  await closed;
}

async function within(event: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([event.then(() => true), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** A request whose address cannot be read never reaches the app; nor does what is not an `Error`. */
function ofFailure(thrown: unknown): LarderError {
  if (thrown instanceof RequestError) {
    return invalidRequest({ field: "request", reason: "has an address or Host header that cannot be read" });
  }
  return new LarderError("UNEXPECTED", { cause: thrown });
}

function toResponse(error: LarderError): Response {
  const body = toProblemBody(error, newRequestId());
  return new Response(JSON.stringify(body), { status: body.status, headers: problemHeaders(error) });
}

/** Bytes that are not HTTP, headers over their limit, a request that took too long: answered on the bare socket. */
function refuseBytes(fault: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || fault.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const isLate = fault.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const isLong = fault.code === "HPE_HEADER_OVERFLOW";
  const error = isLate
    ? new LarderError("REQUEST_ABORTED")
    : invalidRequest({ field: "request", reason: "is not HTTP" });
  const status = isLong ? 431 : isLate ? 408 : 400;
  const text = JSON.stringify({ ...toProblemBody(error, newRequestId()), status });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}
