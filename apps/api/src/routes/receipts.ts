import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { receiptBody, toReceiptBody } from "../bodies/receipt-body.ts";
import type { Larder } from "../larder.ts";
import { knowledgeBaseIdOf, receiptIdOf } from "../request/path-ids.ts";
import { knowledgeBaseFilter, pageQuery } from "../request/request-schemas.ts";
import { pageOf, problems, reply, toPageBody } from "./route-parts.ts";

const tags = ["Money"];

const receiptPage = pageOf(receiptBody).extend({
  damaged: z
    .array(z.object({ id: z.string(), number: z.int() }))
    .describe(
      "Of this page, those whose row cannot be read any more. `GET /v1/receipts/verify` finds what was changed.",
    ),
});

export function receiptRoutes({ ledger }: Larder, limits: ApiLimits) {
  const list = createRoute({
    method: "get",
    path: "/v1/receipts",
    tags,
    summary: "List receipts, newest first",
    request: { query: z.strictObject({ ...pageQuery(limits), knowledge_base: knowledgeBaseFilter }) },
    responses: { 200: reply("One page.", receiptPage), ...problems(404) },
  });
  const read = createRoute({
    method: "get",
    path: "/v1/receipts/{receipt}",
    tags,
    summary: "Read the record of one answer",
    request: { params: z.object({ receipt: z.string().openapi({ example: "rcp_0123456789abcdefghij" }) }) },
    responses: { 200: reply("It.", receiptBody), ...problems(404) },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, knowledge_base: id } = c.req.valid("query");
      const request = {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
        ...(id === undefined ? {} : { knowledgeBaseId: knowledgeBaseIdOf(id) }),
      };
      const page = await ledger.receipts(request, c.get("call"));
      return c.json({ ...toPageBody(page, toReceiptBody), damaged: page.damaged }, 200);
    })
    .openapi(read, async (c) => {
      const receipt = await ledger.receipt(receiptIdOf(c.req.valid("param").receipt), c.get("call"));
      return c.json(toReceiptBody(receipt), 200);
    });
}
