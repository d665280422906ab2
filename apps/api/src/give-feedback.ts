import type { Call, Feedback, QualityObservation } from "@larder/contracts";
import type { Larder } from "./larder.ts";

/** A person's word is worth this many sure observations: who complains has read the answer. Chosen arbitrarily. */
const feedbackWeight = 3;

type FeedbackPorts = Pick<Larder, "feedback" | "ledger" | "routingMemory" | "pastQuestions">;

/** Keeps the word, takes back the one that it replaces, and tells what is learned of the model that gave the answer. */
export async function giveFeedback(
  given: Feedback,
  { feedback, ledger, routingMemory, pastQuestions }: FeedbackPorts,
  call: Call,
): Promise<void> {
  const earlier = await feedback.give(given, call);
  if (earlier?.isGood === given.isGood) return;
  const { basis, route } = await ledger.receipt(given.receiptId, call);
  if (basis !== "generated" || route.chosen === undefined) return;
  const { task = "answering", difficulty } = route.inputs?.shape ?? {};
  const of = { ...route.chosen, task, ...(difficulty !== undefined && { difficulty }) };
  const observe = ({ isGood, atMs }: Feedback, weight: number) =>
    routingMemory.observeQuality({ ...of, isGood, atMs, weight } satisfies QualityObservation);
  if (earlier !== undefined) observe(earlier, -feedbackWeight);
  observe(given, feedbackWeight);
  const { isGood, receiptId } = given;
  const outcome = { ...route.chosen, task, isGood, weight: feedbackWeight, source: "person" } as const;
  await pastQuestions?.judge(receiptId, outcome, call);
}
