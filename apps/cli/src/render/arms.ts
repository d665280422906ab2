/** The ways not taken, in a few words for a table. */
export const armWords: Readonly<Record<string, string>> = {
  closed_book: "no documents at all",
  stuff_cold: "whole knowledge base in the prompt, uncached",
  stuff_warm: "whole knowledge base in the prompt, cache warm",
  stuff_cached: "whole knowledge base in the prompt, cached at this traffic",
  top_document: "the best passage's whole document",
  stuff_truncated: "as much of the knowledge base as fits",
  random_passages: "random passages, as many tokens",
  lexical_passages: "passages by words alone, as many tokens",
  previous_release: "the release before",
  oracle_evidence: "exactly the right passages",
  batch: "whole knowledge base and ours, both in a batch",
  local_preload: "whole knowledge base kept in the local model's memory",
};
