import type { Attempt, RequestShape, Usage } from "@larder/contracts";
import { inputTokensOf } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";

/** The call whose answer is shown; `undefined` when no model gave one. */
export function answeringAttempt({ route }: Pick<AnswerDraft, "route">): Attempt | undefined {
  return route.attempts.findLast(
    ({ outcome, provider, model }) =>
      outcome === "answered" && provider === route.chosen?.provider && model === route.chosen.model,
  );
}

export function answeringUsage(draft: Pick<AnswerDraft, "route">): Usage | undefined {
  return answeringAttempt(draft)?.usage;
}

/**
 * The provider's count of the prompt over ours, from the attempt that answered. A ratio that no two tokenizers have
 * means that the provider counted something else, and both sides stay in our count.
 */
export function tokenRatioOf(draft: Pick<AnswerDraft, "route">, shape: RequestShape): number | undefined {
  const usage = answeringUsage(draft);
  if (usage?.source !== "provider") return undefined;
  const ratio = inputTokensOf(usage.tokens) / shape.inputTokens;
  return ratio >= 0.5 && ratio <= 2.5 ? ratio : undefined;
}
