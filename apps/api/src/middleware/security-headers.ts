import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";

/** Nothing that the API sends may run, be framed, be sniffed or be kept. A page that needs more sets its own policy. */
export const securityHeaderDefaults: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export const securityHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaderDefaults)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};
