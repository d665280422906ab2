import { errorRules } from "@larder/contracts";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Logger } from "pino";
import type { ApiEnv } from "../api-env.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import { asLarderError } from "../problem.ts";

/** One line and one measurement per request, by route template: no body, query, header, id or question is written. */
export function requestLog(metrics: ApiMetrics, logger: Logger | undefined): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedMs = performance.now();
    metrics.requestBegan();
    await next();
    const totalMs = performance.now() - startedMs;
    const route = routeTemplate(matchedRoutes(c).map(({ path }) => path));
    const { method } = c.req;
    const { status } = c.res;
    metrics.requestEnded({ method, route, status, totalMs });
    const code = c.error === undefined ? undefined : asLarderError(c.error).code;
    const line = { request_id: c.get("requestId"), method, route, status, ms: Math.round(totalMs), code };
    const isOurs = code !== undefined && errorRules[code].blame === "us";
    if (isOurs) logger?.error({ ...line, err: c.error }, "request failed");
    else logger?.info(line, "request");
  };
}

/** The last pattern that is not a middleware's; one name for all that lead nowhere, so that labels stay few. */
function routeTemplate(paths: readonly string[]): string {
  return paths.findLast((path) => !path.endsWith("*")) ?? "unmatched";
}
