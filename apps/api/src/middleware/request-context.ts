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
  const controller = c.env?.controller ?? controllerOf(c.req.raw.signal);
  const leave = () => controller.abort(new LarderError("REQUEST_ABORTED"));
  c.set("requestId", requestId);
  c.set("call", { signal: controller.signal });
  c.set("leave", leave);
  c.set("callerScope", "anyone");
  await next();
  // Afterwards, since a header that is set before is only in what the context itself makes.
  if (!c.res.headers.has("x-request-id")) c.res.headers.set("x-request-id", requestId);
};

/** For a request that came without a server, as tests send them. */
function controllerOf(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  const leave = () => controller.abort(new LarderError("REQUEST_ABORTED"));
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return controller;
}
