import type { Call } from "@larder/contracts";
import type { LabelledQuery } from "../data-set.ts";
import type { Pipeline } from "../pipeline.ts";
import type { BaselineId } from "./baseline-ids.ts";
import type { Piece } from "./fill-budget.ts";
import { fillBudget } from "./fill-budget.ts";

/** A pipeline that ranks pieces once per query and fills whatever budget it is given with them. */
export function createRankedPipeline(
  id: BaselineId,
  countTokens: (text: string) => number,
  rank: (query: LabelledQuery, call: Call) => Promise<readonly Piece[]>,
): Pipeline {
  let last: { readonly queryId: string; readonly ranked: readonly Piece[] } | undefined;
  return {
    id,
    async retrieve(query, limits, call) {
      if (last?.queryId !== query.id) last = { queryId: query.id, ranked: await rank(query, call) };
      return fillBudget(last.ranked, limits, countTokens);
    },
  };
}
