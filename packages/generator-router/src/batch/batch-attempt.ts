import type { Attempt, BatchState, Budgets, Clock, PriceBook, Usage } from "@larder/contracts";
import { zeroUsd } from "@larder/contracts";
import { priceUsage } from "../prices/price-usage.ts";
import { endingOf, endReservation } from "../routing/end-reservation.ts";

type BatchUnderWay = Extract<BatchState, { kind: "submitting" | "submitted" }>;

export interface BatchAttemptPorts {
  readonly priceBook: PriceBook;
  readonly clock: Pick<Clock, "nowMs">;
  readonly budgets?: Budgets;
}

/**
 * What a batch was, as an attempt, with its reservation ended by it. May be made again after a crash: a reservation that
 * is over stays as it is.
 */
export async function endBatch(
  { priceBook, clock, budgets }: BatchAttemptPorts,
  { provider, model, startedAtMs, reservation }: BatchUnderWay,
  facts: Pick<Attempt, "billed"> & Partial<Pick<Attempt, "usage" | "error">>,
): Promise<Attempt> {
  const { billed, error } = facts;
  const usage: Usage | undefined = facts.usage && { ...facts.usage, lane: "batch" };
  const told = usage && priceUsage(priceBook, { provider, model }, usage, { atMs: startedAtMs });
  const cost = billed === "no" ? zeroUsd : told;
  const attempt: Attempt = {
    ...{ provider, model, outcome: outcomeOf(facts), billed, startedAtMs },
    totalMs: Math.max(0, clock.nowMs() - startedAtMs),
    ...(cost !== undefined && { cost }),
    ...(usage && { usage }),
    ...(error && { error }),
  };
  if (reservation === undefined || budgets === undefined) return attempt;
  return { ...attempt, reservation: await endReservation(budgets, reservation, endingOf(attempt)) };
}

function outcomeOf({ billed, error }: Pick<Attempt, "billed" | "error">): Attempt["outcome"] {
  if (billed === "yes") return "answered";
  return error?.code === "PROVIDER_TIMED_OUT" ? "aborted" : "failed_before_text";
}
