import type { BatchRequests, Budgets, Clock, Ids, Ledger, TokenCounter } from "@larder/contracts";
import { createBatchLane } from "@larder/generator-router";
import type { ComposedRouter } from "./compose-router.ts";
import { recordBatchIn } from "./gateway/record-batch.ts";
import type { RunningBatchLane } from "./gateway/run-batch-lane.ts";
import { runBatchLane } from "./gateway/run-batch-lane.ts";

export interface BatchParts {
  readonly store: { readonly batchRequests: BatchRequests; readonly budgets: Budgets; readonly ledger: Ledger };
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** How often running batches are looked at: they take minutes to hours. */
const everyMs = 15_000;

/** The lane of requests that may wait, begun: what an earlier process left goes on. */
export function composeBatches(
  { router, batchApis: apis }: Pick<ComposedRouter, "router" | "batchApis">,
  { store, tokenCounter, clock, ids }: BatchParts,
): RunningBatchLane {
  const { batchRequests: requests, budgets, ledger } = store;
  const record = recordBatchIn({ ledger, ids, tokenCounter });
  const lane = createBatchLane({ router, apis, requests, budgets, clock, record });
  return runBatchLane(lane, everyMs);
}
