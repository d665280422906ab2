import type { AnswerVerification, RequestShape, RoutingMemory } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";

/** A local verdict errs, so it is worth half of one that is sure. */
export const verdictWeight = 0.5;

/**
 * What a check of an answer says of the model that gave it. An answer that was cut at its limit says nothing: the limit
 * was ours. One that should have satisfied a schema says besides whether the model keeps to schemas.
 */
export function learnFromVerdict(
  draft: AnswerDraft,
  { isSupported, problems }: AnswerVerification,
  { task = "answering", difficulty }: RequestShape,
  atMs: number,
  memory: Pick<RoutingMemory, "observeQuality" | "observeFlag">,
): void {
  const { chosen } = draft.route;
  if (chosen === undefined || draft.finishReason === "length") return;
  const of = { ...chosen, atMs };
  memory.observeQuality({
    ...of,
    task,
    isGood: isSupported,
    weight: verdictWeight,
    ...(difficulty !== undefined && { difficulty }),
  });
  if (task !== "json" || problems.includes("refused")) return;
  memory.observeFlag({ ...of, flag: "json_schema", holds: !problems.includes("schema_invalid"), source: "observed" });
}
