import { z } from "@hono/zod-openapi";
import type { ContextWindowUse } from "@larder/contracts";
import { windowSharesOf } from "@larder/contracts";

export const contextWindowBody = z
  .object({
    context_tokens: z.int().describe("The model's window."),
    usable_tokens: z.int().describe("Of it, what a prompt may take: without what is reserved for the answer."),
    prompt_tokens: z.int(),
    evidence_tokens: z.int(),
    cited_tokens: z.int().describe("Of the pieces of evidence that the answer cites."),
    output_tokens: z.int(),
    source: z.enum(["provider", "estimated", "modelled"]).describe("Who counted; `modelled`: nothing was sent."),
    occupancy: z.number().describe("Prompt / usable."),
    evidence_share: z.number().describe("Evidence / prompt."),
    evidence_use: z.number().describe("Cited / evidence."),
    wasted_tokens: z.int().describe("Evidence that no citation points to."),
    free_after_answer_tokens: z.int(),
    turns_to_compaction: z
      .object({
        turns_so_far: z.int(),
        words_per_turn: z.int().describe("Question and answer."),
        with_evidence_per_turn: z.int().describe("Question, answer and evidence."),
        keeping_words: z.int(),
        keeping_evidence: z.int().describe("If the caller sends each turn's evidence again."),
      })
      .nullable()
      .describe("Of a conversation: further turns until a prompt no longer fits, if each adds what this one did."),
  })
  .openapi("ContextWindow", { description: "What of the model's window the answer took, in the model's tokens." });

export function toContextWindowBody(use: ContextWindowUse | undefined): z.infer<typeof contextWindowBody> | null {
  if (use === undefined) return null;
  const shares = windowSharesOf(use);
  const { growth } = use;
  const turns = shares.turnsToCompaction;
  return {
    context_tokens: use.contextTokens,
    usable_tokens: use.usableTokens,
    prompt_tokens: use.promptTokens,
    evidence_tokens: use.evidenceTokens,
    cited_tokens: use.citedTokens,
    output_tokens: use.outputTokens,
    source: use.source,
    occupancy: shares.occupancy,
    evidence_share: shares.evidenceShare,
    evidence_use: shares.evidenceUse,
    wasted_tokens: shares.wastedTokens,
    free_after_answer_tokens: shares.freeTokens,
    turns_to_compaction:
      growth === undefined || turns === undefined
        ? null
        : {
            turns_so_far: growth.turns,
            words_per_turn: growth.wordsPerTurn,
            with_evidence_per_turn: growth.withEvidencePerTurn,
            keeping_words: turns.words,
            keeping_evidence: turns.withEvidence,
          },
  };
}
