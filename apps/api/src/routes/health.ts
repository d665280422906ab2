import { createRoute, z } from "@hono/zod-openapi";
import type { HealthState } from "@larder/contracts";
import { createRouter, isDraining } from "../api-env.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import type { Larder } from "../larder.ts";
import { problems, reply } from "./route-parts.ts";

const tags = ["Operation"];
const state = z.enum(["ok", "degraded", "down"]);
const healthBody = z
  .object({ status: state, parts: z.array(z.object({ name: z.string(), state, detail: z.string() })) })
  .openapi("Health");

const live = createRoute({
  method: "get",
  path: "/health/live",
  tags,
  summary: "The process answers",
  security: [],
  responses: { 200: reply("It does.", z.object({ status: z.literal("ok") })) },
});
const ready = createRoute({
  method: "get",
  path: "/health/ready",
  tags,
  summary: "Each part and its state",
  description: "`degraded`: every promise holds, something is slower or less good. `down`: some requests fail.",
  responses: { ...problems(), 200: reply("Ready, or degraded.", healthBody), 503: reply("Not ready.", healthBody) },
});
const metrics = createRoute({
  method: "get",
  path: "/metrics",
  tags,
  summary: "Measurements in the Prometheus text format",
  responses: { 200: reply("No document's words, no ids.", z.string(), "text/plain"), ...problems() },
});

const order: readonly HealthState[] = ["ok", "degraded", "down"];

export function healthRoutes(larder: Larder, apiMetrics: ApiMetrics) {
  return createRouter()
    .openapi(live, (c) => c.json({ status: "ok" as const }, 200))
    .openapi(ready, async (c) => {
      const parts = [...(await larder.health())];
      if (isDraining(c)) parts.push({ name: "server", state: "down", detail: "stopping" });
      const status = order[Math.max(0, ...parts.map((part) => order.indexOf(part.state)))] ?? "down";
      return c.json({ status, parts }, status === "down" ? 503 : 200);
    })
    .openapi(metrics, async (c) => {
      const { contentType, body } = await apiMetrics.text();
      return c.body(body, 200, { "content-type": contentType });
    });
}
