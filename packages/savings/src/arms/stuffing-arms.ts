import type { PriceTerms } from "@larder/contracts";
import { bestCaching } from "../traffic/best-caching.ts";
import type { ArmFinding, PriceArm } from "./arm-finding.ts";
import { aboveWindow, infeasible } from "./arm-finding.ts";
import type { ArmQuestion } from "./arm-question.ts";

/** The whole knowledge base in the prompt, nothing cached. */
export const stuffCold: PriceArm = (asked) =>
  stuffed(asked, (tokens) => ({ kind: "feasible", tokens, cost: asked.price({ inputFresh: tokens }) }));

/** The same with every token of the knowledge base read from the cache: no caching can be cheaper. */
export const stuffWarm: PriceArm = (asked) =>
  stuffed(asked, (tokens) => ({
    kind: "feasible",
    tokens,
    cost: asked.price({ inputFresh: asked.overhead, inputCacheRead: asked.corpus }),
  }));

/** The same as a competent engineer would do it at this traffic. */
export const stuffCached: PriceArm = (asked) =>
  stuffed(asked, (tokens) => ({ kind: "feasible", tokens, ...bestCaching(asked, asked.corpus) }));

/** Only where the knowledge base does not fit: else nothing is cut, and it is `stuff_cached`. */
export const stuffTruncated: PriceArm = (asked) => {
  const prefix = asked.usable - asked.overhead;
  if (asked.corpus <= prefix) return infeasible(asked, "The whole knowledge base fits, so nothing is cut.");
  if (prefix <= 0) return infeasible(asked, "The question alone fills the window.");
  return { kind: "feasible", tokens: asked.usable, ...bestCaching(asked, prefix) };
};

/** Both sides in the batch lane, where the caller can wait. */
export const batch: PriceArm = (asked) => {
  const { terms, isBatchAllowed = false } = asked.question;
  const lane = terms?.lane;
  if (lane === "batch" || lane === "flex") {
    return infeasible(asked, `The answer was served in the ${lane} lane, and every arm is priced there.`);
  }
  if (!isBatchAllowed) return infeasible(asked, "The caller does not wait for a batch (policy.batch_ok).");
  if (asked.entry.cards?.batch === undefined) return infeasible(asked, `${asked.name} has no batch price.`);
  const waiting: PriceTerms = { ...terms, lane: "batch" };
  return stuffed(asked, (tokens) => ({
    kind: "feasible",
    tokens,
    ...bestCaching(asked, asked.corpus, waiting),
    ours: asked.priceOurs(waiting),
  }));
};

/** The local counterpart of `stuff_cached`: keys and values of the whole knowledge base stay in memory. */
export const localPreload: PriceArm = (asked) => {
  if (!asked.entry.isLocal) return infeasible(asked, `${asked.name} does not run here.`);
  return stuffed(asked, (tokens) => ({
    kind: "feasible",
    tokens,
    cost: asked.price({ inputFresh: asked.overhead }),
  }));
};

function stuffed(asked: ArmQuestion, price: (tokens: number) => ArmFinding): ArmFinding {
  const tokens = asked.corpus + asked.overhead;
  return aboveWindow(asked, tokens) ?? price(tokens);
}
