import type { Attempt, Candidate, DecisionInputs, NanoUsd, PriceBook, Quote, Receipt } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";

export interface PriceWatchOptions {
  readonly receipts: readonly Receipt[];
  readonly after: PriceBook;
  /** Absent: what each receipt recorded stands for it. */
  readonly before?: PriceBook;
  /** The recorded decision, made again at other prices; nothing is sent. */
  replay(inputs: DecisionInputs, priceBook: PriceBook): Quote;
  /** ISO date. */
  readonly today: string;
  /** @defaultValue 90 */
  readonly retiringWithinDays?: number;
}

export interface Reroute {
  readonly from: string;
  /** Absent: no model is left. */
  readonly to?: string;
  readonly answers: number;
  /** At the new prices, as expected: staying less moving, >= 0. Absent where staying is not possible. */
  readonly saved?: NanoUsd;
}

export interface PriceWatch {
  readonly receipts: number;
  /** Of them, those whose decision could be made again. */
  readonly replayed: number;
  /** The same calls at the new prices. */
  readonly repriced: {
    readonly calls: number;
    readonly before: NanoUsd;
    readonly after: NanoUsd;
    /** Signed: above 0 they would cost more. */
    readonly change: NanoUsd;
    /** Calls without a price on one of the sides, or billed at the provider's own figure. */
    readonly unpriced: number;
  };
  /** Most answers first. */
  readonly reroutes: readonly Reroute[];
  /** Models that answered and end soon, the first to end first. */
  readonly retiring: readonly {
    readonly model: string;
    readonly retiresOn: string;
    /** Below 0: it has ended. */
    readonly daysLeft: number;
    readonly answers: number;
  }[];
  /** Requests that both a local model and an API could take; a margin is the API's expected cost less the local one's. */
  readonly localAgainstApi: {
    readonly compared: number;
    readonly marginBefore: NanoUsd;
    readonly marginAfter: NanoUsd;
    /** Requests that became cheaper here, and elsewhere. */
    readonly movedToLocal: number;
    readonly movedToApi: number;
  };
}

const dayMs = 86_400_000;
const nameOf = ({ provider, model }: { readonly provider: string; readonly model: string }) => `${provider}/${model}`;

/**
 * What other prices would do to the answers that were given: each receipt's calls priced anew, its decision made again
 * on paper. Nothing is sent and nothing is written.
 */
export function watchPrices(options: PriceWatchOptions): PriceWatch {
  const { receipts, before, after, replay } = options;
  const repriced = { calls: 0, before: 0n, after: 0n, unpriced: 0 };
  const reroutes = new Map<string, { from: string; to?: string; answers: number; saved?: bigint }>();
  const margins = { compared: 0, before: 0n, after: 0n, movedToLocal: 0, movedToApi: 0 };
  let replayed = 0;
  for (const receipt of receipts) {
    for (const attempt of receipt.route.attempts) reprice(attempt, options, repriced);
    const { inputs, candidates } = receipt.route;
    if (inputs === undefined) continue;
    replayed += 1;
    const old = before === undefined ? candidates : replay(inputs, before).candidates;
    const fresh = replay(inputs, after).candidates;
    noteReroute(firstEligible(old), fresh, reroutes);
    noteMargin(marginOf(old, before ?? after), marginOf(fresh, after), margins);
  }
  const { calls, unpriced } = repriced;
  return {
    receipts: receipts.length,
    replayed,
    repriced: {
      ...{ calls, unpriced },
      before: nanoUsd(repriced.before),
      after: nanoUsd(repriced.after),
      change: nanoUsd(repriced.after - repriced.before),
    },
    reroutes: [...reroutes.values()]
      .toSorted((a, b) => b.answers - a.answers)
      .map(({ saved, ...rest }) => ({ ...rest, ...(saved !== undefined && { saved: nanoUsd(saved) }) })),
    retiring: retiringModels(options),
    localAgainstApi: {
      compared: margins.compared,
      marginBefore: nanoUsd(margins.before),
      marginAfter: nanoUsd(margins.after),
      movedToLocal: margins.movedToLocal,
      movedToApi: margins.movedToApi,
    },
  };
}

const firstEligible = (candidates: readonly Candidate[]) => candidates.find(({ isEligible }) => isEligible);

function reprice(
  { provider, model, usage, cost, startedAtMs }: Attempt,
  { before, after }: PriceWatchOptions,
  sums: { calls: number; before: bigint; after: bigint; unpriced: number },
): void {
  if (usage === undefined) return;
  const { lane, region, searches } = usage;
  const terms = { atMs: startedAtMs, ...(lane && { lane }), ...(region && { region }), ...(searches && { searches }) };
  const costAt = (book: PriceBook) => {
    const priced = book.price(provider, model, usage.tokens, terms);
    return priced.kind === "priced" ? priced.cost : undefined;
  };
  const recorded = usage.billedCost === undefined ? cost : undefined;
  const [was, is] = [before === undefined ? recorded : costAt(before), costAt(after)];
  if (was === undefined || is === undefined) {
    sums.unpriced += 1;
    return;
  }
  sums.calls += 1;
  sums.before += was;
  sums.after += is;
}

function noteReroute(
  was: Candidate | undefined,
  fresh: readonly Candidate[],
  reroutes: Map<string, { from: string; to?: string; answers: number; saved?: bigint }>,
): void {
  const now = firstEligible(fresh);
  if (was === undefined || (now !== undefined && nameOf(was) === nameOf(now))) return;
  const stay = fresh.find((each) => each.isEligible && nameOf(each) === nameOf(was));
  const key = `${nameOf(was)}\n${now === undefined ? "" : nameOf(now)}`;
  const note = reroutes.get(key) ?? { from: nameOf(was), ...(now && { to: nameOf(now) }), answers: 0 };
  note.answers += 1;
  const [staying, moving] = [totalOf(stay), totalOf(now)];
  if (staying !== undefined && moving !== undefined) note.saved = (note.saved ?? 0n) + staying - moving;
  reroutes.set(key, note);
}

const totalOf = (candidate: Candidate | undefined) => candidate?.escalation?.totalCost ?? candidate?.expectedCost;

/** `undefined` unless both sides have an eligible model with a price. */
function marginOf(candidates: readonly Candidate[], book: PriceBook): bigint | undefined {
  let local: bigint | undefined;
  let api: bigint | undefined;
  for (const candidate of candidates) {
    const cost = totalOf(candidate);
    if (!candidate.isEligible || cost === undefined) continue;
    if (book.find(candidate.provider, candidate.model)?.isLocal === true) local = least(local, cost);
    else api = least(api, cost);
  }
  return local === undefined || api === undefined ? undefined : api - local;
}

const least = (a: bigint | undefined, b: bigint) => (a === undefined || b < a ? b : a);

function noteMargin(
  was: bigint | undefined,
  is: bigint | undefined,
  sums: { compared: number; before: bigint; after: bigint; movedToLocal: number; movedToApi: number },
): void {
  if (was === undefined || is === undefined) return;
  sums.compared += 1;
  sums.before += was;
  sums.after += is;
  if (was <= 0n && is > 0n) sums.movedToLocal += 1;
  if (was >= 0n && is < 0n) sums.movedToApi += 1;
}

function retiringModels({
  receipts,
  after,
  today,
  retiringWithinDays = 90,
}: PriceWatchOptions): PriceWatch["retiring"] {
  const answers = new Map<string, { readonly retiresOn: string; count: number }>();
  for (const { route } of receipts) {
    if (route.chosen === undefined) continue;
    const retiresOn = after.find(route.chosen.provider, route.chosen.model)?.retiresOn;
    if (retiresOn === undefined) continue;
    const known = answers.get(nameOf(route.chosen)) ?? { retiresOn, count: 0 };
    known.count += 1;
    answers.set(nameOf(route.chosen), known);
  }
  return [...answers]
    .map(([model, { retiresOn, count }]) => {
      const daysLeft = Math.round((Date.parse(retiresOn) - Date.parse(today)) / dayMs);
      return { model, retiresOn, daysLeft, answers: count };
    })
    .filter(({ daysLeft }) => daysLeft <= retiringWithinDays)
    .toSorted((a, b) => a.daysLeft - b.daysLeft);
}
