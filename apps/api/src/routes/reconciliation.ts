import { createRoute, z } from "@hono/zod-openapi";
import { parseUsd } from "@larder/contracts";
import type { InvoiceLine } from "@larder/savings";
import { calibrateCounts, reconcileInvoice } from "@larder/savings";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import {
  calibrationBody,
  invoiceLineSchema,
  reconciliationBody,
  toCalibrationBody,
  toReconciliationBody,
} from "../bodies/reconciliation-body.ts";
import { toWindowBody, windowBody } from "../bodies/savings-body.ts";
import type { Larder } from "../larder.ts";
import { readJsonBody } from "../request/json-body.ts";
import { windowText } from "../request/request-schemas.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const tags = ["Money"];
const dayMs = 86_400_000;
const linesMax = 20_000;

const sent = z.strictObject({
  provider: z.string().min(1).max(100).optional().describe("Whose invoice it is; absent: of all providers."),
  lines: z.array(invoiceLineSchema).min(1).max(linesMax),
});

const calibration = createRoute({
  method: "get",
  path: "/v1/usage/calibration",
  tags,
  summary: "Our token counts beside the billed ones, by model and kind of evidence",
  request: {
    query: z.strictObject({ window: windowText.describe("Time up to now: a number followed by m, h or d.") }),
  },
  responses: {
    200: reply(
      "Models by name, `all` kinds first.",
      z.object({ window: windowBody, data: z.array(calibrationBody) }).openapi("CountCalibrations"),
    ),
    ...problems(),
  },
});
const reconciliation = createRoute({
  method: "post",
  path: "/v1/usage/reconciliation",
  tags,
  summary: "A provider's invoice beside the ledger: drift by day, model and bucket",
  description:
    "Reads nothing from the provider and writes nothing. `larder usage reconcile` sends the lines of a CSV file.",
  request: { body: jsonBody(sent) },
  responses: { 200: reply("Signed: ledger less invoice.", reconciliationBody), ...problems(413, 415) },
});

export function reconciliationRoutes({ ledger, router, clock }: Larder, limits: ApiLimits) {
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  return createRouter()
    .openapi(calibration, async (c) => {
      const toMs = clock.nowMs() + 1;
      const window = { fromMs: Math.max(0, toMs - c.req.valid("query").window), toMs };
      const data = await calibrateCounts(ledger.receiptsWithin(window, c.get("call")));
      return c.json({ window: toWindowBody(window), data: data.map(toCalibrationBody) }, 200);
    })
    .openapi(reconciliation, async (c) => {
      const { value } = await readJsonBody(c, sent, bodyLimits);
      const lines = value.lines.map(({ usd, tokens, ...line }): InvoiceLine => {
        const cost = usd === undefined ? undefined : parseUsd(usd);
        return { ...line, ...(tokens !== undefined && { tokens }), ...(cost !== undefined && { cost }) };
      });
      const days = lines.map(({ day }) => Date.parse(day));
      // A receipt is dated by the beginning of its answer, and of a batch by its end: its calls may be of the day beside it.
      const [fromMs, toMs] = [Math.min(...days) - dayMs, Math.max(...days) + 2 * dayMs];
      const receipts = ledger.receiptsWithin({ fromMs: Math.max(0, fromMs), toMs }, c.get("call"));
      const result = await reconcileInvoice(lines, receipts, router.priceBook, value.provider);
      return c.json(toReconciliationBody(result, value.provider), 200);
    });
}
