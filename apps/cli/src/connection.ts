import { commandLineErrors } from "@larder/contracts";
import type { ProblemBody } from "./wire.ts";

/** Sends requests to a Larder: a server over HTTP, or the same routes inside this process. */
export interface Connection extends AsyncDisposable {
  /** Where requests go, for messages. */
  readonly where: string;
  send(request: Request): Promise<Response>;
}

/** A reply that is not a success, with the problem that the server described. */
export class ProblemReply extends Error {
  override readonly name = "ProblemReply";
  readonly problem: ProblemBody;

  constructor(problem: ProblemBody) {
    super(problem.title);
    this.problem = problem;
  }
}

const origin = "http://localhost"; // in-process requests never reach a network

/** Talks to the routes of an app that was composed in this process. */
export function connectInProcess(
  fetchRoute: (request: Request) => Response | Promise<Response>,
  close: () => Promise<void>,
): Connection {
  return {
    where: "this process",
    send: async (request) => fetchRoute(request),
    [Symbol.asyncDispose]: close,
  };
}

/** Talks to a server. */
export function connectToServer(baseUrl: string, apiKey: string | undefined): Connection {
  return {
    where: baseUrl,
    async send(request) {
      const path = request.url.slice(origin.length);
      const forwarded = new Request(new URL(path, baseUrl), request);
      if (apiKey !== undefined) forwarded.headers.set("authorization", `Bearer ${apiKey}`);
      try {
        return await fetch(forwarded);
      } catch (cause) {
        if (request.signal.aborted) throw request.signal.reason;
        throw new ProblemReply(unreachable(baseUrl, cause));
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function unreachable(baseUrl: string, cause: unknown): ProblemBody {
  return {
    code: "SERVER_UNREACHABLE",
    title: "No Larder server answers at that address.",
    status: 0,
    detail: `${baseUrl}: ${reasonOf(cause)}`,
    hint: commandLineErrors.SERVER_UNREACHABLE.hint,
  };
}

/** `fetch failed` says nothing; what lies below it does. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "no answer";
  const inner = cause.cause;
  if (!(inner instanceof Error)) return cause.message;
  return "code" in inner && inner.code === "ECONNREFUSED" ? "nothing listens there" : inner.message;
}

export interface SendOptions {
  readonly method?: string;
  readonly json?: unknown;
  readonly form?: FormData;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Sends and gives the successful response.
 * @throws {@link ProblemReply} for any other
 */
export async function send(connection: Connection, path: string, options: SendOptions): Promise<Response> {
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers = new Headers();
  if (options.json !== undefined) headers.set("content-type", "application/json");
  const request = new Request(url, {
    method: options.method ?? "GET",
    headers,
    body: options.json === undefined ? (options.form ?? null) : JSON.stringify(options.json),
    signal: options.signal,
  });
  const response = await connection.send(request);
  if (!response.ok) throw new ProblemReply(await readProblem(response));
  return response;
}

export async function sendForJson<Body>(connection: Connection, path: string, options: SendOptions): Promise<Body> {
  return (await (await send(connection, path, options)).json()) as Body;
}

async function readProblem(response: Response): Promise<ProblemBody> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return { code: "UNEXPECTED", title: "The server's reply is not Larder's.", status: response.status };
  }
}
