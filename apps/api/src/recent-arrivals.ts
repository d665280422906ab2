import type { ArrivalRates, ArrivalRecord, Call, Clock } from "@larder/contracts";
import { arrivalsWindowMs, createObservedArrivals } from "@larder/savings";

/** Most arrivals that are read back at a start: a few milliseconds. */
const arrivalsReadMax = 50_000;

/** How often models are asked about knowledge bases, with the last day's questions of before this start. */
export async function recentArrivals(record: ArrivalRecord, clock: Clock, call: Call): Promise<ArrivalRates> {
  const rates = createObservedArrivals();
  const toMs = clock.nowMs();
  const window = { fromMs: Math.max(0, toMs - arrivalsWindowMs), toMs };
  for (const arrival of await record.arrivals(window, arrivalsReadMax, call)) rates.observe(arrival);
  return rates;
}
