import type { IncomingMessage, ServerResponse } from "node:http";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Call } from "@larder/contracts";
import type { Context } from "hono";
import { invalidFields } from "./request/field-problems.ts";

/** What the server hands to each request; all absent when a test calls the app without a server. */
export interface ServerBindings {
  /** Aborted when the server begins to stop. Polled, never listened to: it outlives requests. */
  readonly draining?: AbortSignal;
  /** This request's own: aborted when its client leaves, or with `SERVER_STOPPING` when its grace is over. */
  readonly controller?: AbortController;
  /** Aborted with `SERVER_STOPPING` alone: for work that outlives its client. Made when it is asked for. */
  stopping?(): AbortSignal;
  /** The request's bytes, without the web stream around them, which costs as much as all of the handling. */
  readonly incoming?: IncomingMessage;
  /** Where a stream is written, likewise. */
  readonly outgoing?: ServerResponse;
}

export interface ApiEnv {
  Bindings: ServerBindings;
  Variables: {
    requestId: string;
    /** Aborted when the client leaves or the server's grace is over, with a `LarderError` as its reason. */
    call: Call;
    /** Aborts `call`: the reader of a stream is gone. */
    leave: () => void;
    /** Who asks, as a name that reveals no key: what one key did is not replayed to another. */
    callerScope: string;
  };
}

export type ApiContext = Context<ApiEnv>;

/** A router whose parameters and queries are checked by their schemas, with a problem for each field that fails. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidFields(result.error, result.target === "param" ? "path" : result.target);
    },
  });
}

export function isDraining(c: ApiContext): boolean {
  return c.env?.draining?.aborted === true;
}
