import type { ArmId, UsageTokens } from "@larder/contracts";
import { noTokens } from "@larder/contracts";

/** Tokens of the two parts of a stuffed prompt, in the model's own count. */
export interface StuffedPrompt {
  /** The whole knowledge base. */
  readonly corpus: number;
  /** Instructions and question. */
  readonly overhead: number;
}

/** One way to answer without retrieval: what it would be billed for, and what that takes for granted. */
export interface Arm {
  readonly id: ArmId;
  readonly assumption: string;
  /** Input and output tokens by bucket; the output is the one that the answer had. */
  bill(prompt: StuffedPrompt, output: Pick<UsageTokens, "outputText" | "outputReasoning" | "outputAudio">): UsageTokens;
}

/** In the order in which every answer lists them. */
export const arms: readonly Arm[] = [
  {
    id: "stuff_cold",
    assumption: "The whole knowledge base stands in the prompt and nothing of it is cached.",
    bill: (prompt, output) => ({
      ...noTokens,
      inputFresh: prompt.corpus + prompt.overhead,
      outputText: output.outputText,
      outputReasoning: output.outputReasoning,
      outputAudio: output.outputAudio,
    }),
  },
  {
    id: "stuff_warm",
    assumption:
      "The whole knowledge base stands in the prompt and the provider's cache holds it at every question (hit rate 1, " +
      "no writes, no storage): the cheapest that stuffing can be.",
    bill: (prompt, output) => ({
      ...noTokens,
      inputFresh: prompt.overhead,
      inputCacheRead: prompt.corpus,
      outputText: output.outputText,
      outputReasoning: output.outputReasoning,
      outputAudio: output.outputAudio,
    }),
  },
];
