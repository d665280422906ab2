import { createRoute, z } from "@hono/zod-openapi";
import { parseCatalog, replayDecision } from "@larder/generator-router";
import { watchPrices } from "@larder/savings";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { priceWatchBody, toPriceWatchBody } from "../bodies/price-watch-body.ts";
import type { Larder } from "../larder.ts";
import { newestReceipts } from "../newest-receipts.ts";
import { readJsonBody } from "../request/json-body.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const sent = z.strictObject({
  catalog: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("As `larder prices import --out` writes it. Absent: from what receipts recorded to the prices in force."),
  last: z.int().min(1).max(10_000).default(200).describe("Receipts that are worked out anew."),
});

const watch = createRoute({
  method: "post",
  path: "/v1/prices/watch",
  tags: ["Money"],
  summary: "What a catalog's prices would do to the last answers",
  description:
    "On paper: the same calls priced anew, each decision made again. Models of the providers file and of local servers are " +
    "on both sides. Nothing is sent, written or kept.",
  request: { body: jsonBody(sent) },
  responses: { 200: reply("Signed.", priceWatchBody), ...problems(413, 415) },
});

export function priceWatchRoutes({ ledger, router, clock, priceBookOf }: Larder, limits: ApiLimits) {
  const bodyLimits = {
    bytesMax: limits.textJsonBytesMax,
    depthMax: limits.jsonDepthMax,
    setting: "LARDER_TEXT_JSON_BYTES_MAX",
  };
  return createRouter().openapi(watch, async (c) => {
    const { value } = await readJsonBody(c, sent, bodyLimits);
    const inForce = router.priceBook;
    const after =
      value.catalog === undefined ? inForce : await priceBookOf(parseCatalog(JSON.stringify(value.catalog)));
    const watched = watchPrices({
      receipts: await newestReceipts(ledger, value.last, c.get("call")),
      ...{ after, replay: replayDecision },
      ...(value.catalog !== undefined && { before: inForce }),
      today: new Date(clock.nowMs()).toISOString().slice(0, 10),
    });
    return c.json(toPriceWatchBody(watched), 200);
  });
}
