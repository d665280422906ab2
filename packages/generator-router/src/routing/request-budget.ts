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
  Refusal,
  ReservationId,
  ReservationResult,
} from "@larder/contracts";
import { formatUsd, nanoUsd } from "@larder/contracts";
import type { BudgetWaiters } from "./budget-waiters.ts";

/** What an attempt is to reserve at most, as far as it was observed; `undefined` while it was not. */
export type CostQuantile = (candidate: Candidate) => NanoUsd | undefined;

export interface RequestBudgetOptions {
  /** Absent: nothing is bounded. */
  readonly budgets?: Budgets;
  readonly costQuantile?: CostQuantile;
  /** Runs here: no budget stops it. */
  isLocal(candidate: Candidate): boolean;
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
    call: Call & { readonly deadlineAtMs?: number },
  ): Promise<Candidate | undefined>;
  refuses(candidate: Candidate): boolean;
  /** Money of a budget is reserved for the attempt that is being made. */
  readonly isReserved: boolean;
  /** Gives candidates with what the budgets have refused up to now marked, behind those that are eligible. */
  marker(): (candidates: readonly Candidate[]) => readonly Candidate[];
  /** From here on the provider may bill. */
  sent(): void;
  /** Settles, holds or releases by what became of the attempt, and says so in it. */
  end(attempt: Attempt): Promise<Attempt>;
  /** Ends what is still reserved: released when nothing was sent, else held. */
  leave(): Promise<void>;
}

/** Of the reservation's end, which must not be given up with the request. */
const endTimeoutMs = 10_000;
const waitStepMs = 25; // another process may have settled; doubled up to the maximum, so that many waiting ask little
const waitStepMsMax = 400;

export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  const { budgets, payers, clock, waiters } = options;
  const refusals = new Map<string, Refusal>();
  let taken: { readonly id: ReservationId; readonly amount: NanoUsd; isSent: boolean } | undefined;

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

  async function finish(ending: AttemptReservation["ending"], cost?: NanoUsd): Promise<AttemptReservation | undefined> {
    if (budgets === undefined || taken === undefined) return undefined;
    const { id, amount } = taken;
    taken = undefined;
    const call = { signal: AbortSignal.timeout(endTimeoutMs) };
    try {
      if (ending === "settled") await budgets.settle(id, cost ?? amount, call);
      else if (ending === "released") await budgets.release(id, call);
      else await budgets.hold(id, call);
    } catch {
      // The answer is there and paid. What was not ended becomes a hold by itself, and that is what is told.
      return { amount, ending: "held" };
    }
    if (ending !== "held") waiters.wakeOne();
    return { amount, ending };
  }

  return {
    async take(pick, call) {
      const untilMs = Math.min(clock.monotonicMs() + options.waitMs, call.deadlineAtMs ?? Number.POSITIVE_INFINITY);
      for (let stepMs = waitStepMs; ; stepMs = Math.min(stepMs * 2, waitStepMsMax)) {
        const { candidate, mayFitLater } = await look(pick, call);
        const leftMs = untilMs - clock.monotonicMs();
        if (candidate !== undefined || mayFitLater !== true || leftMs <= 0) return candidate;
        await waiters.wait(Math.min(leftMs, stepMs), call.signal);
      }
    },
    refuses: (candidate) => refusals.has(nameOf(candidate)),
    get isReserved() {
      return taken !== undefined;
    },
    marker() {
      if (refusals.size === 0) return (candidates) => candidates;
      const refused = new Map(refusals);
      return (candidates) => {
        const marked = candidates.map((candidate) => markOne(candidate, refused.get(nameOf(candidate))));
        return [...marked.filter(({ isEligible }) => isEligible), ...marked.filter(({ isEligible }) => !isEligible)];
      };
    },
    sent() {
      if (taken !== undefined) taken.isSent = true;
    },
    async end(attempt) {
      const reservation = await finish(...endingOf(attempt));
      return reservation === undefined ? attempt : { ...attempt, reservation };
    },
    async leave() {
      await finish(taken?.isSent === true ? "held" : "released");
    },
  };
}

type Exhausted = Extract<ReservationResult, { kind: "exhausted" }>;

const nameOf = ({ provider, model }: Candidate) => `${provider}/${model}`;

/** Its worst cost, capped by the quantile where one was observed. `undefined`: no price, so no room for it. */
function amountOf(candidate: Candidate, { isLocal, costQuantile }: RequestBudgetOptions): NanoUsd | undefined {
  if (isLocal(candidate)) return nanoUsd(0n);
  const { worstCost } = candidate;
  const quantile = costQuantile?.(candidate);
  if (worstCost === undefined || quantile === undefined) return worstCost;
  return quantile > 0n && quantile < worstCost ? quantile : worstCost;
}

/** Our own count is no bill: only the provider's usage frees what it did not take. */
function endingOf({ billed, cost, usage }: Attempt): [AttemptReservation["ending"], NanoUsd?] {
  if (billed === "no") return ["released"];
  return billed === "yes" && cost !== undefined && usage?.source === "provider" ? ["settled", cost] : ["held"];
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
