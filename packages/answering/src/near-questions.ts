import type {
  AnswerVerification,
  Call,
  NearRequests,
  PastQuestion,
  Question,
  QuestionOutcome,
  Retrieval,
} from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { verdictWeight } from "./learn-from-verdict.ts";
import { taskOf } from "./shape-of.ts";
import { neighboursMax, similarityMinDefault, weighNeighbours } from "./weigh-neighbours.ts";

type NearPorts = Pick<AnsweringPorts, "pastQuestions" | "embedder" | "clock" | "settings">;

/**
 * How models did at the questions of this knowledge base that are nearest to this one, by the vector that its search was
 * made with. `undefined` where nothing is kept, embedded or near; a look-up that fails is no reason to fail an answer.
 */
export async function findNearRequests(
  { pastQuestions, embedder, clock, settings }: NearPorts,
  question: Question,
  { queryVector: vector }: Retrieval,
  call: Call,
): Promise<NearRequests | undefined> {
  if (pastQuestions === undefined || vector === undefined) return undefined;
  const { knowledgeBaseId } = question;
  const similarityMin = settings?.similarityMin ?? similarityMinDefault;
  const wanted = { knowledgeBaseId, embedderId: embedder.id, vector, limit: neighboursMax, similarityMin };
  try {
    const neighbours = await pastQuestions.nearest(wanted, call);
    return weighNeighbours(neighbours, { task: taskOf(question), nowMs: clock.nowMs(), similarityMin });
  } catch {
    call.signal.throwIfAborted();
    return undefined;
  }
}

/** What a check found of a draft, as it is kept with the question; nothing where it says nothing of the model. */
export function outcomesOf(
  { route: { chosen }, finishReason }: AnswerDraft,
  { isSupported }: AnswerVerification,
  question: Question,
): readonly QuestionOutcome[] {
  if (chosen === undefined || finishReason === "length") return [];
  return [{ ...chosen, task: taskOf(question), isGood: isSupported, weight: verdictWeight, source: "verdict" }];
}

/** Keeps the question for those to come. Nobody waits: what is lost is one question's experience. */
export function notePastQuestion(
  { pastQuestions, embedder, clock }: NearPorts,
  { knowledgeBaseId }: Question,
  { queryVector: vector }: Retrieval,
  noted: Pick<PastQuestion, "receiptId" | "outcomes">,
): void {
  if (pastQuestions === undefined || vector === undefined || noted.outcomes.length === 0) return;
  const past = { ...noted, knowledgeBaseId, embedderId: embedder.id, vector, atMs: clock.nowMs() };
  pastQuestions.note(past, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
}
