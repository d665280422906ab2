import { sha256OfJson } from "@larder/receipts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { promptTemplateId } from "./prompt.ts";

/** Defaults of {@link AnsweringSettings} that more than one place goes by. */
export const answeringDefaults = {
  /** The budget decides; a piece may be one sentence. */
  evidenceMax: 500,
  /**
   * With it 0 to 3 % of the answerable questions of each development set are refused, and 73 to 100 % of the questions of
   * other sets (docs/decisions/0012-abstention-and-conversation.md).
   */
  confidenceMin: 0.05,
  sentencesMax: 4,
  outputTokensExpected: 300,
} as const;

type SettingsPorts = Pick<AnsweringPorts, "retriever" | "tokenCounter" | "embedder" | "settings" | "furtherSettings">;

/**
 * SHA-256 over every setting that retrieval and answering go by, in canonical JSON: the retriever's id, which names its
 * own, the embedder, the token counter, the prompt, and the effective settings of answering. Two equal hashes: the same
 * question on the same index is searched and asked in the same way.
 */
export function settingsHashOf({ retriever, tokenCounter, embedder, settings = {}, furtherSettings }: SettingsPorts) {
  const { recordTimeoutMs: _, keepsQuestions: __, ...decisive } = settings; // neither changes an answer
  return sha256OfJson({
    retriever: retriever.id,
    embedder: embedder.id,
    tokenCounter: tokenCounter.id,
    promptTemplate: promptTemplateId,
    answering: { ...answeringDefaults, ...decisive },
    further: furtherSettings ?? {},
  });
}
