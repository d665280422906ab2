import { z } from "@hono/zod-openapi";

export const costBasis = z
  .enum(["billed", "estimated", "modelled", "unpriced"])
  .describe("What the money rests on: the provider's usage, our count, a model of what would have been, nothing.");

/** Of a sum, which may have no part. */
export const savingBasis = z
  .enum(["billed", "estimated", "modelled", "unpriced", "none"])
  .describe("The weakest among the parts; of answers in no sum, what they would have rested on; none: there are none.");

export const savingVerdict = z.enum([
  "saves",
  "costs_more",
  "no_measurable_effect",
  "not_established",
  "capability_only",
]);
