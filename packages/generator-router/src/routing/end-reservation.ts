import type { Attempt, AttemptReservation, Budgets, NanoUsd, ReservationId } from "@larder/contracts";

/** Money that budgets set aside for one attempt. */
export interface Reserved {
  readonly id: ReservationId;
  readonly amount: NanoUsd;
}

/** How a reservation ends, with the bill where it is known. */
export type ReservationEnding = readonly [ending: AttemptReservation["ending"], cost?: NanoUsd];

/** Of the reservation's end, which must not be given up with the request. */
const endTimeoutMs = 10_000;

/** Our own count is no bill: only the provider's usage frees what it did not take. */
export function endingOf({ billed, cost, usage }: Attempt): ReservationEnding {
  if (billed === "no") return ["released"];
  return billed === "yes" && cost !== undefined && usage?.source === "provider" ? ["settled", cost] : ["held"];
}

/** Settles, holds or releases. A second ending changes nothing, so that a step made again after a crash may end it again. */
export async function endReservation(
  budgets: Budgets,
  { id, amount }: Reserved,
  [ending, cost = amount]: ReservationEnding,
): Promise<AttemptReservation> {
  const call = { signal: AbortSignal.timeout(endTimeoutMs) };
  try {
    if (ending === "settled") await budgets.settle(id, cost, call);
    else if (ending === "released") await budgets.release(id, call);
    else await budgets.hold(id, call);
  } catch {
    // The answer is there and paid. What was not ended becomes a hold by itself, and that is what is told.
    return { amount, ending: "held" };
  }
  return { amount, ending };
}
