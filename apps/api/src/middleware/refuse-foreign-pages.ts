import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";
import { isLoopback } from "../loopback.ts";
import { invalidRequest } from "../request/field-problems.ts";

/**
 * Keeps web pages of other sites from using a server that this machine's browser can reach. A page may send a form
 * anywhere without asking, so a foreign `Origin` is refused. Without keys it could also give its own name our address
 * (DNS rebinding), so only loopback names are answered then.
 */
export function refuseForeignPages({ hasKeys }: { readonly hasKeys: boolean }): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const url = new URL(c.req.url);
    if (!hasKeys && !isLoopback(url.hostname)) {
      throw invalidRequest({ field: "header.host", reason: "must name this machine while no API keys are set" });
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && hostOf(origin) !== url.host) {
      throw invalidRequest({ field: "header.origin", reason: "must be this server's own" });
    }
    return next();
  };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
