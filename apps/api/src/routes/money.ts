import { createRoute, z } from "@hono/zod-openapi";
import type { LedgerWindow } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter } from "../api-env.ts";
import { savingsBody, savingsGroup, toSavingsBody, toWindowBody, windowBody } from "../bodies/savings-body.ts";
import { toUsageTotalBody, usageTotalBody } from "../bodies/usage-body.ts";
import type { Larder } from "../larder.ts";
import { knowledgeBaseIdOf } from "../request/path-ids.ts";
import { knowledgeBaseFilter, windowText } from "../request/request-schemas.ts";
import { problems, reply } from "./route-parts.ts";

const tags = ["Money"];
const windowQuery = {
  window: windowText.describe("Time up to now: a number followed by m, h or d."),
  knowledge_base: knowledgeBaseFilter,
};
const group = z.enum(["model", "provider", "knowledge_base", "day"]);

const usage = createRoute({
  method: "get",
  path: "/v1/usage",
  tags,
  summary: "Tokens and money of provider calls, by group",
  request: { query: z.strictObject({ group: group.default("model"), ...windowQuery }) },
  responses: {
    200: reply(
      "Keys ascending.",
      z.object({ window: windowBody, group, data: z.array(usageTotalBody) }).openapi("UsageTotals"),
    ),
    ...problems(404),
  },
});
const savings = createRoute({
  method: "get",
  path: "/v1/savings",
  tags,
  summary: "What retrieval saved, or did not",
  request: { query: z.strictObject({ ...windowQuery, group: savingsGroup.optional() }) },
  responses: { 200: reply("Signed sums with basis and verdict.", savingsBody), ...problems(404) },
});

export function moneyRoutes({ store, ledger, clock, summariseSavings }: Larder) {
  const windowOf = async (c: ApiContext, windowMs: number, kb: string | undefined): Promise<LedgerWindow> => {
    const toMs = clock.nowMs() + 1; // the end is exclusive, and this moment belongs to it
    const span = { fromMs: Math.max(0, toMs - windowMs), toMs };
    if (kb === undefined) return span;
    const { id } = await store.knowledgeBase(knowledgeBaseIdOf(kb), c.get("call"));
    return { ...span, knowledgeBaseId: id };
  };

  return createRouter()
    .openapi(usage, async (c) => {
      const { group, window: windowMs, knowledge_base: kb } = c.req.valid("query");
      const window = await windowOf(c, windowMs, kb);
      const totals = await ledger.usage(window, group, c.get("call"));
      return c.json({ window: toWindowBody(window), group, data: totals.map(toUsageTotalBody) }, 200);
    })
    .openapi(savings, async (c) => {
      const { group, window: windowMs, knowledge_base: kb } = c.req.valid("query");
      const window = await windowOf(c, windowMs, kb);
      const summary = await summariseSavings(window, ledger.receiptsWithin(window, c.get("call")), group);
      return c.json(toSavingsBody(summary, group), 200);
    });
}
