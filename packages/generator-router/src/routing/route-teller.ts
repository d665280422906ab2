import type { Attempt, Candidate, Policy, PriceBook, Route } from "@larder/contracts";
import { nearSentence } from "@larder/contracts";
import { decisionInputs } from "./decision-inputs.ts";
import { explainRoute } from "./explain-route.ts";
import { withLazyMembers } from "./lazy-members.ts";
import { personaNotes } from "./persona-notes.ts";
import type { ModelQuote } from "./quote-models.ts";
import { keptMax } from "./quote-models.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

type Chosen = Pick<Candidate, "provider" | "model">;

export interface RouteTellerOptions {
  readonly quote: ModelQuote;
  /** The quote's eligible ones. */
  readonly candidates: readonly Candidate[];
  readonly resolved: ResolvedPolicy;
  /** As it was given. */
  readonly policy: Policy;
  readonly priceBook: PriceBook;
  /** ISO date. */
  readonly today: string;
  /** How many candidates are told of, where fewer than all are eligible. @defaultValue twice {@link keptMax} */
  readonly candidatesMax?: number;
}

/** A route with who is `chosen`, after these attempts, with the candidates as the budgets see them. */
export type RouteTeller = (
  chosen: Chosen | undefined,
  attempts: readonly Attempt[],
  mark: (candidates: readonly Candidate[]) => readonly Candidate[],
) => Route;

/**
 * Routes of one decision. Candidates, sentences and inputs are made when somebody reads them, and say what was so at the
 * decision: to write them takes longer than to decide, and a caller who waits for the first word reads none of them.
 */
export function createRouteTeller({
  quote,
  candidates,
  resolved,
  policy,
  priceBook,
  today,
  candidatesMax = 2 * keptMax,
}: RouteTellerOptions): RouteTeller {
  const outCounts = once(() => quote.scan.outCounts());
  const inputs = once(() => decisionInputs(quote.scan, policy));
  /** Without an eligible one the reasons of all are what is asked for. */
  const able = once(() => (candidates.length === 0 ? quote.candidates : candidates));
  const outMax = Math.max(0, Math.min(keptMax, candidatesMax - candidates.length));
  const all = once(() => (candidates.length === 0 ? able() : [...candidates, ...quote.out(outMax)]));
  return (chosen, attempts, mark) => {
    const made = [...attempts];
    const reason = () => {
      const marked = mark(able());
      const asked = marked.find((each) => isSameModel(each, chosen));
      const entry = asked && priceBook.find(asked.provider, asked.model);
      const why = explainRoute(marked, asked, made, outCounts());
      const near = quote.scan.shape.near;
      const like = near === undefined ? [] : [nearSentence(near)];
      return [why, ...like, ...personaNotes(resolved, entry, marked, today)].join(" ");
    };
    return withLazyMembers(
      {
        attempts: made,
        priceBookId: quote.priceBookId,
        pricesAsOf: priceBook.asOf,
        ...(chosen && { chosen: { provider: chosen.provider, model: chosen.model } }),
      },
      { reason, candidates: () => mark(all()).slice(0, 2 * keptMax), inputs },
    );
  };
}

export function isSameModel(candidate: Chosen, chosen: Chosen | undefined): boolean {
  return candidate.provider === chosen?.provider && candidate.model === chosen.model;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
