import type {
  Attempt,
  AttemptReservation,
  BudgetScope,
  BudgetState,
  Budgets,
  Call,
  Candidate,
  Clock,
  NanoUsd,
  Quote,
  Refusal,
  ReservationResult,
} from "@larder/contracts";
import { formatUsd, nanoUsd } from "@larder/contracts";
import type { BudgetWaiters } from "./budget-waiters.ts";
import type { ReservationEnding, Reserved } from "./end-reservation.ts";
import { endingOf, endReservation } from "./end-reservation.ts";

/** What an attempt is to reserve at most, as far as it was observed; `undefined` while it was not. */
export type CostQuantile = (candidate: Candidate) => NanoUsd | undefined;

/** What a budget sets aside for a candidate: nothing for a local one, else its worst cost or the quantile below it. */
export interface ReservedAmounts {
  /** Runs here: no budget stops it. */
  isLocal(candidate: Candidate): boolean;
  readonly costQuantile?: CostQuantile;
}

export interface RequestBudgetOptions extends ReservedAmounts {
  /** Absent: nothing is bounded. */
  readonly budgets?: Budgets;
  readonly payers: readonly BudgetScope[];
  readonly clock: Clock;
  readonly waiters: BudgetWaiters;
  /** Longest wait for money that is only reserved. */
  readonly waitMs: number;
}

/** The budgets as one request meets them: at most one reservation at a time, for the attempt that comes next. */
export interface RequestBudget {
  /**
   * The first candidate of `pick` that the budgets have room for, its money reserved; `undefined` when there is none.
   * Waits only when nobody fits now and somebody would if calls under way took nothing.
   */
  take(
    pick: () => Candidate | undefined,
    call: Call & {
      readonly deadlineAtMs?: number;
      /** Asked after a look in which nobody fitted: `false` where something else is to be done first. @defaultValue true */
      mayWait?(): boolean;
    },
  ): Promise<Candidate | undefined>;
  refuses(candidate: Candidate): boolean;
  /** Money of a budget is reserved for the attempt that is being made. */
  isReserved(): boolean;
  /** Gives candidates with what the budgets have refused up to now marked, behind those that are eligible. */
  marker(): (candidates: readonly Candidate[]) => readonly Candidate[];
  /** From here on the provider may bill. */
  sent(): void;
  /** Settles, holds or releases by what became of the attempt, and says so in it. */
  end(attempt: Attempt): Promise<Attempt>;
  /** Ends what is still reserved: released when nothing was sent, else held. */
  leave(): Promise<void>;
}

const waitStepMs = 25; // another process may have settled; doubled up to the maximum, so that many waiting ask little
const waitStepMsMax = 400;

export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  const { budgets, payers, clock, waiters } = options;
  const refusals = new Map<string, Refusal>();
  let taken: (Reserved & { isSent: boolean }) | undefined;

  /** One look at everybody. A candidate that asks for as much as one refused is refused without asking. */
  async function look(pick: () => Candidate | undefined, call: Call) {
    refusals.clear();
    let least: { readonly amount: NanoUsd; readonly result: Exhausted } | undefined;
    for (let candidate = pick(); candidate !== undefined; candidate = pick()) {
      const amount = amountOf(candidate, options);
      if (budgets === undefined || amount === 0n) return { candidate };
      if (amount === undefined) {
        refusals.set(nameOf(candidate), {
          code: "price_unknown",
          sentence: "Its price is not known, and unknown is not free.",
        });
        continue;
      }
      if (least === undefined || amount < least.amount) {
        const result = await budgets.reserve({ payers, amount, model: nameOf(candidate) }, call);
        if (result.kind === "unbounded") return { candidate };
        if (result.kind === "reserved") {
          taken = { id: result.id, amount, isSent: false };
          return { candidate };
        }
        least = { amount, result };
      }
      refusals.set(nameOf(candidate), refusalOf(least.result.budget, amount));
    }
    return { mayFitLater: least !== undefined && least.amount <= least.result.leftAtMost };
  }

  async function finish(ending: ReservationEnding): Promise<AttemptReservation | undefined> {
    if (budgets === undefined || taken === undefined) return undefined;
    const reserved = taken;
    taken = undefined;
    const ended = await endReservation(budgets, reserved, ending);
    if (ended.ending !== "held") waiters.wakeOne();
    return ended;
  }

  return {
    async take(pick, call) {
      const untilMs = Math.min(clock.monotonicMs() + options.waitMs, call.deadlineAtMs ?? Number.POSITIVE_INFINITY);
      for (let stepMs = waitStepMs; ; stepMs = Math.min(stepMs * 2, waitStepMsMax)) {
        const { candidate, mayFitLater } = await look(pick, call);
        const leftMs = untilMs - clock.monotonicMs();
        if (candidate !== undefined || mayFitLater !== true || leftMs <= 0) return candidate;
        if (call.mayWait?.() === false) return undefined;
        await waiters.wait(Math.min(leftMs, stepMs), call.signal);
      }
    },
    refuses: (candidate) => refusals.has(nameOf(candidate)),
    isReserved: () => taken !== undefined,
    marker() {
      if (refusals.size === 0) return (candidates) => candidates;
      const refused = new Map(refusals);
      return (candidates) => {
        return eligibleFirst(candidates.map((candidate) => markOne(candidate, refused.get(nameOf(candidate)))));
      };
    },
    sent() {
      if (taken !== undefined) taken.isSent = true;
    },
    async end(attempt) {
      const reservation = await finish(endingOf(attempt));
      return reservation === undefined ? attempt : { reservation, ...attempt };
    },
    async leave() {
      await finish([taken?.isSent === true ? "held" : "released"]);
    },
  };
}

/** A quote with what these budgets have no room for now marked, as a request would be told; nothing is reserved. */
export function quoteBelow(quote: Quote, bounds: readonly BudgetState[], amounts: ReservedAmounts): Quote {
  const [tightest] = bounds.toSorted((a, b) => (a.left < b.left ? -1 : a.left > b.left ? 1 : 0));
  if (tightest === undefined) return quote;
  const marked = quote.candidates.map((candidate) => {
    const amount = candidate.isEligible ? amountOf(candidate, amounts) : undefined;
    const fits = amount === undefined || amount === 0n || amount <= tightest.left;
    return fits ? candidate : markOne(candidate, refusalOf(tightest, amount));
  });
  const candidates = eligibleFirst(marked);
  const [first] = candidates;
  return { candidates, priceBookId: quote.priceBookId, ...(first?.isEligible && { cheapest: first }) };
}

function eligibleFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...candidates.filter(({ isEligible }) => isEligible), ...candidates.filter(({ isEligible }) => !isEligible)];
}

type Exhausted = Extract<ReservationResult, { kind: "exhausted" }>;

const nameOf = ({ provider, model }: Candidate) => `${provider}/${model}`;

/** Its worst cost, capped by the quantile where one was observed. `undefined`: no price, so no room for it. */
function amountOf(candidate: Candidate, { isLocal, costQuantile }: ReservedAmounts): NanoUsd | undefined {
  if (isLocal(candidate)) return nanoUsd(0n);
  const { worstCost } = candidate;
  const quantile = costQuantile?.(candidate);
  if (worstCost === undefined || quantile === undefined) return worstCost;
  return quantile > 0n && quantile < worstCost ? quantile : worstCost;
}

const windowWords = { hour: " of this hour", day: " of this day", month: " of this month", ever: "" } as const;

function refusalOf({ scope, window, limit, left }: BudgetState, amount: NanoUsd): Refusal {
  const whose = scope === "total" ? "The total budget" : `The budget of ${scope}`;
  const sentence =
    `${whose}${windowWords[window]}, $${formatUsd(limit)}, has $${formatUsd(left)} left; ` +
    `it could cost $${formatUsd(amount)}.`;
  return { code: "budget_exhausted", sentence };
}

function markOne(candidate: Candidate, refusal: Refusal | undefined): Candidate {
  if (refusal === undefined) return candidate;
  return { ...candidate, isEligible: false, reasons: [refusal.sentence], refusals: [refusal] };
}
