import { randomBytes } from "node:crypto";
import { LarderError } from "@larder/contracts";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";

export function newRequestId(): string {
  return `req_${randomBytes(10).toString("hex")}`;
}

/** Names each request and gives it a call that ends with its client or with the server. */
export const requestContext: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const sent = c.req.header("x-request-id");
  const requestId = sent !== undefined && /^[\w.-]{1,64}$/.test(sent) ? sent : newRequestId();
  const controller = new AbortController();
  const leave = () => controller.abort(new LarderError("REQUEST_ABORTED"));
  onAbort(c.req.raw.signal, leave);
  const stopping = c.env?.stopping;
  if (stopping !== undefined) onAbort(stopping, () => controller.abort(stopping.reason));
  c.set("requestId", requestId);
  c.set("call", { signal: controller.signal });
  c.set("leave", leave);
  c.set("callerScope", "anyone");
  c.header("x-request-id", requestId);
  await next();
};

function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener("abort", act, { once: true });
}
