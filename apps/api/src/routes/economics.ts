import { createRoute } from "@hono/zod-openapi";
import type { ModelEntry } from "@larder/contracts";
import { decideEconomics, economicsDocument, quantisationRows, toEconomicsDocument } from "@larder/economics";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { chooseComparator } from "../economics/choose-comparator.ts";
import { observeLocalModels } from "../economics/observe-local-models.ts";
import { toEconomicsInputs } from "../economics/to-economics-inputs.ts";
import type { Larder } from "../larder.ts";
import type { EconomicsRequest } from "../request/economics-request.ts";
import { economicsRequest } from "../request/economics-request.ts";
import { readJsonBody } from "../request/json-body.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const breakEven = createRoute({
  method: "post",
  path: "/v1/economics/break-even",
  tags: ["Money"],
  summary: "Local hardware or an API",
  description: "A forecast from figures that are given, observed or assumed; each says which. Nothing is sent or kept.",
  request: { body: jsonBody(economicsRequest) },
  responses: {
    200: reply("`larder.economics/1`: the verdict, what it rests on and what would change it.", economicsDocument),
    ...problems(404, 413, 415, 422),
  },
});

export function economicsRoutes(larder: Larder, limits: ApiLimits) {
  const { router, routingMemory, ledger, clock } = larder;
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };

  return createRouter().openapi(breakEven, async (c) => {
    const { value: request } = await readJsonBody(c, economicsRequest, bodyLimits);
    const nowMs = clock.nowMs();
    const today = new Date(nowMs).toISOString().slice(0, 10);
    const { priceBook } = router;
    const quality = (entry: ModelEntry) => routingMemory.knowledge(entry, "answering", nowMs)?.quality;
    const choice = chooseComparator(request, { priceBook, quality, today });
    const models = priceBook.models();
    const observed = await observeLocalModels({ ledger, models, quality, nowMs }, c.get("call"));
    const { inputs, warnings } = toEconomicsInputs(request, choice, observed, today);
    const document = toEconomicsDocument(decideEconomics(inputs), {
      priceBookId: priceBook.id,
      quantisation: quantisationRows([...observed, ...request.observations.map(toObservation)]),
      priceHistory: request.price_history ?? null,
      warnings,
    });
    return c.json(document, 200);
  });
}

function toObservation({
  model,
  quantization,
  tok_per_s: speed,
  quality,
  judged,
}: EconomicsRequest["observations"][number]) {
  return {
    model,
    ...(quantization !== undefined && { quantization }),
    tokensPerSecond: speed ?? null,
    speedBasis: "stated" as const,
    answers: 0,
    quality: quality ?? null,
    judged,
  };
}
