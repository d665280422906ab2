/** Ways to find evidence under a token budget; each is measured at every budget of the run. */
export const budgetedArms = ["larder", "lexical_passages", "naive_rag", "random_passages", "oracle_evidence"] as const;

/** Ways that send what they send, whatever the budget. */
const wholeArms = ["top_document", "stuff_cached", "stuff_cold", "stuff_truncated", "closed_book"] as const;

export const runArmIds = [...budgetedArms, ...wholeArms] as const;
export type RunArmId = (typeof runArmIds)[number];
export type BudgetedArmId = (typeof budgetedArms)[number];

/** The arm that every other one is compared with. */
export const ourArm = "larder" satisfies RunArmId;

const names: Readonly<Record<RunArmId, string>> = {
  larder: "Larder",
  lexical_passages: "BM25 alone",
  naive_rag: "naive RAG",
  random_passages: "random passages",
  oracle_evidence: "the gold evidence (oracle)",
  top_document: "the best document whole",
  stuff_cached: "the whole corpus, cache warm",
  stuff_cold: "the whole corpus, no cache",
  stuff_truncated: "the beginning of the corpus",
  closed_book: "no documents at all",
};

/** In words, for reports. */
export function nameOfArm(arm: RunArmId): string {
  return names[arm];
}

export function isBudgeted(arm: RunArmId): arm is BudgetedArmId {
  return budgetedArms.some((id) => id === arm);
}

/** Limits of what can be known, not ways that somebody could use: never a headline's comparator. */
export function isBound(arm: RunArmId): boolean {
  return arm === "oracle_evidence" || arm === "random_passages";
}
