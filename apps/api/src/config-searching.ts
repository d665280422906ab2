import { z } from "zod";

const positive = z.coerce.number().int().positive();

/** Which passages a search reads, and how it puts them in order. */
export const searchSettings = {
  LARDER_SEARCH_CANDIDATES: positive.max(1_000).default(100).describe("Passages that each side of a search offers."),
  LARDER_SEARCH_CANDIDATES_READ: positive
    .max(2_000)
    .default(110)
    .describe(
      "Passages of both sides together, the best by their two scores, that are read and matched token by token.",
    ),
  LARDER_SEARCH_DENSE_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe("Weight of vectors in the score of a passage, 0 to 1."),
  LARDER_SEARCH_LATE_INTERACTION_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe("Weight of the comparison token by token, 0 to 1; words have what the two weights leave."),
  LARDER_SEARCH_LINK_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe(
      "What a link with one of the best passages adds to a passage's score, 0 to 1; 0: links are not followed.",
    ),
  LARDER_SEARCH_LINK_NAMES_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(6)
    .describe("Most names of the best passages that are searched for once more; 0: no second search."),
  LARDER_RERANK_CANDIDATES: positive
    .max(1_000)
    .default(30)
    .describe("Passages that the reranker reads, from the best."),
  LARDER_RERANK_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      "The reranker's part in the score of a passage, 0 to 1; 1 lets it alone decide the order of what it read.",
    ),
  LARDER_SEARCH_LIMIT_PER_DOCUMENT: positive.optional().describe("Most pieces of evidence from one document."),
};
