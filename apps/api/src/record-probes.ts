import { spendingOf } from "@larder/answering";
import type { BudgetScope, Call, EmbedderId, ProbePlan, ProbeResult, Receipt, ReceiptId } from "@larder/contracts";
import { followCalls, noKnowledgeBase } from "@larder/contracts";
import type { Larder } from "./larder.ts";

const recordTimeoutMs = 10_000;

type ProbingPorts = Pick<Larder, "prober" | "router" | "ledger" | "callIntents" | "clock" | "ids">;

/** Results as they come, each after the receipt of its calls is on disk: what a probe spends is spent like any other money. */
export async function* recordProbes(
  { prober, router, ledger, callIntents, clock, ids }: ProbingPorts,
  plan: ProbePlan,
  payers: readonly BudgetScope[],
  call: Call,
): AsyncGenerator<ProbeResult & { readonly receiptId?: ReceiptId }, void, undefined> {
  const { priceBook } = router;
  const begin = () => {
    const facts = { id: ids.next("receipt"), createdAtMs: clock.nowMs() };
    const { onSend } = followCalls((attempts) =>
      callIntents.note({
        ...{ receiptId: facts.id, createdAtMs: facts.createdAtMs, attempts },
        knowledgeBaseId: noKnowledgeBase,
        priceBookId: priceBook.id,
      }),
    );
    return { ...facts, onSend };
  };
  let next = begin();
  for await (const result of prober.run(plan, call, { payers, onSend: (sent) => next.onSend(sent) })) {
    if (result.attempts.length === 0) {
      yield result;
      continue;
    }
    const { id, createdAtMs } = next;
    const receipt = toReceipt(result, { id, createdAtMs, priceBookId: priceBook.id, pricesAsOf: priceBook.asOf });
    await ledger.record(receipt, { signal: AbortSignal.timeout(recordTimeoutMs) });
    next = begin();
    yield { ...result, receiptId: id };
  }
}

interface ReceiptFacts extends Pick<Receipt, "id" | "createdAtMs" | "priceBookId"> {
  readonly pricesAsOf: string;
}

function toReceipt(
  { provider, model, flag, outcome, attempts, error }: ProbeResult,
  { pricesAsOf, ...facts }: ReceiptFacts,
): Receipt {
  const { priceBookId } = facts;
  const reason = `A probe of ${flag}: ${outcome}.`;
  const route = { chosen: { provider, model }, reason, candidates: [], attempts, priceBookId, pricesAsOf };
  const { usage, cost, basis: costBasis } = spendingOf(route);
  const totalMs = attempts.reduce((sum, attempt) => sum + attempt.totalMs, 0);
  return {
    ...facts,
    knowledgeBaseId: noKnowledgeBase,
    basis: "generated",
    isGrounded: false,
    questionSha256: "",
    promptTemplateId: `probe:${flag}`,
    retrieverId: "none",
    embedderId: "none" as EmbedderId,
    hits: [],
    evidenceTokens: 0,
    corpusTokens: 0,
    tokenCounterId: "none",
    route,
    ...(usage && { usage }),
    ...(cost !== undefined && { cost }),
    costBasis,
    counterfactuals: [],
    timingsMs: { retrieve: 0, generate: totalMs, total: totalMs },
    ...(error && { errorCode: error.code }),
  };
}
