import type {
  AnswerVerification,
  Call,
  Candidate,
  NearRequests,
  PastQuestion,
  Question,
  QuestionOutcome,
  Retrieval,
} from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { verdictWeight } from "./learn-from-verdict.ts";
import { trustOfNear } from "./near-trust.ts";
import { taskOf } from "./shape-of.ts";
import { neighboursMax, similarityMinDefault, weighNeighbours } from "./weigh-neighbours.ts";

type NearPorts = Pick<AnsweringPorts, "pastQuestions" | "embedder" | "clock" | "settings">;

/**
 * How models did at the questions of this knowledge base that are nearest to this one, by the vector that its search was
 * made with, and how far that is trusted. `undefined` where nothing is kept, embedded or near; a look-up that fails is no
 * reason to fail an answer.
 */
export async function findNearRequests(
  { pastQuestions, embedder, clock, settings }: NearPorts,
  question: Question,
  { queryVector: vector, embedderId = embedder.id }: Retrieval,
  call: Call,
): Promise<NearRequests | undefined> {
  if (pastQuestions === undefined || vector === undefined) return undefined;
  const { knowledgeBaseId } = question;
  const similarityMin = settings?.similarityMin ?? similarityMinDefault;
  const nowMs = clock.nowMs();
  const wanted = { knowledgeBaseId, embedderId, vector, limit: neighboursMax, similarityMin };
  try {
    const neighbours = await pastQuestions.nearest(wanted, call);
    const near = weighNeighbours(neighbours, { task: taskOf(question), nowMs, similarityMin });
    return near && { ...near, trust: trustOfNear(await pastQuestions.outcomes(wanted, call), nowMs) };
  } catch {
    call.signal.throwIfAborted();
    return undefined;
  }
}

/** What a check found of a draft, as it is kept with the question; nothing where it says nothing of the model. */
export function outcomesOf(
  { route: { chosen, candidates }, finishReason }: AnswerDraft,
  { isSupported }: AnswerVerification,
  question: Question,
): readonly QuestionOutcome[] {
  if (chosen === undefined || finishReason === "length") return [];
  const asked = candidates.find(({ provider, model }) => provider === chosen.provider && model === chosen.model);
  const seen = { ...chosen, task: taskOf(question), isGood: isSupported, weight: verdictWeight } as const;
  return [{ ...seen, ...forecastOf(asked), source: "verdict" }];
}

/** What was expected of a model before it was asked, to be kept with the outcome; nothing where nothing near was known. */
export function forecastOf(candidate: Candidate | undefined): Pick<QuestionOutcome, "forecast"> {
  const forecast = candidate?.quality?.near?.forecast;
  if (forecast === undefined) return {};
  return { forecast: { overall: rounded(forecast.overall), near: rounded(forecast.near) } };
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

/** Keeps the question for those to come. Nobody waits: what is lost is one question's experience. */
export function notePastQuestion(
  { pastQuestions, embedder, clock }: NearPorts,
  { knowledgeBaseId }: Question,
  { queryVector: vector, embedderId = embedder.id }: Retrieval,
  noted: Pick<PastQuestion, "receiptId" | "outcomes">,
): void {
  if (pastQuestions === undefined || vector === undefined || noted.outcomes.length === 0) return;
  const past = { ...noted, knowledgeBaseId, embedderId, vector, atMs: clock.nowMs() };
  pastQuestions.note(past, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
}
