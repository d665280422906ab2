import { z } from "@hono/zod-openapi";
import type { BudgetState } from "@larder/contracts";
import { budgetWindows, formatUsd } from "@larder/contracts";
import { timeText, toTime, usdText } from "./scalars.ts";

export const budgetBody = z
  .object({
    scope: z.string().describe("`total`, a knowledge base's id, or a key's: `key_` and 32 digits of its SHA-256."),
    window: z.enum(budgetWindows).describe("Of the UTC calendar; `ever` has no end."),
    limit_usd: usdText,
    window_start: timeText.nullable().describe("Null for `ever`."),
    window_end: timeText.nullable(),
    spent_usd: usdText.describe("What providers told that they took."),
    held_usd: usdText.describe("Of calls whose bill nobody knows, in full. It does not come back in this window."),
    reserved_usd: usdText.describe("Of calls under way."),
    left_usd: usdText.describe("Limit less spent, held and reserved; below zero after a limit was lowered."),
  })
  .openapi("Budget");

export function toBudgetBody(state: BudgetState): z.infer<typeof budgetBody> {
  const { scope, window, startMs, endMs } = state;
  return {
    scope,
    window,
    limit_usd: formatUsd(state.limit),
    window_start: endMs === undefined ? null : toTime(startMs),
    window_end: endMs === undefined ? null : toTime(endMs),
    spent_usd: formatUsd(state.spent),
    held_usd: formatUsd(state.held),
    reserved_usd: formatUsd(state.reserved),
    left_usd: formatUsd(state.left),
  };
}
