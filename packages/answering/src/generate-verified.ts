import type { AnswerEvent, AnswerVerification, Call, NanoUsd, RoutedRequest } from "@larder/contracts";
import { toErrorRecord } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { spendingOf } from "./answer-draft.ts";
import { chooseEscalation, joinRoutes, policyForEscalation } from "./escalate.ts";
import type { Generation, NotGenerated } from "./generate-answer.ts";
import { asLarderError, generateAnswer } from "./generate-answer.ts";

export interface VerifiedGeneration extends Generation {
  verify(text: string, call: Call): Promise<AnswerVerification>;
  /** Told of each answer that was verified, also of one that is not shown. */
  onVerified(draft: AnswerDraft, verification: AnswerVerification): void;
  readonly answerWorth?: NanoUsd;
}

/**
 * A model's answer with what a check of it found. Where the request may not be asked anew, text streams as it comes and
 * is marked at the end. Where it may, nothing but the route is given out until the answer was verified: an answer that
 * was read is never taken back. One that is found wanting is asked for once more, of a better model, when that is worth
 * its price; the better supported of the two is given out, and both stand on the route.
 */
export async function* generateVerified(
  generation: VerifiedGeneration,
  call: Call,
): AsyncGenerator<AnswerEvent, AnswerDraft | NotGenerated> {
  const mayEscalate = generation.request.shape.escalation !== undefined;
  if (!mayEscalate) {
    const draft = yield* generateAnswer(generation, call);
    return "basis" in draft ? verified(generation, draft, call) : draft;
  }
  const startMs = generation.clock.monotonicMs();
  const first = yield* hold(generation, call);
  if (!("basis" in first.draft)) return first.draft;
  const firstDraft = await verified(generation, first.draft, call);
  if (firstDraft.error !== undefined || firstDraft.verification?.isSupported !== false)
    return yield* give(first.events, firstDraft);

  const { shape, policy } = generation.request;
  const { escalation: _, ...plainShape } = shape;
  const { chosen, candidates, attempts } = firstDraft.route;
  const firstModel = candidates.find(({ provider, model }) => provider === chosen?.provider && model === chosen.model);
  const isTried = ({ provider, model }: { provider: string; model: string }) =>
    attempts.some((attempt) => attempt.provider === provider && attempt.model === model);
  const offered = generation.router.quote(plainShape, policy).candidates.filter((each) => !isTried(each));
  const { candidate, sentence } = chooseEscalation(firstModel, offered, generation.answerWorth);
  if (candidate === undefined) {
    const reason = `${firstDraft.route.reason} Its answer was found wanting; ${sentence}`;
    return yield* give(first.events, { ...firstDraft, route: { ...firstDraft.route, reason } });
  }
  const elapsedMs = generation.clock.monotonicMs() - startMs;
  const request: RoutedRequest = {
    ...generation.request,
    shape: plainShape,
    policy: policyForEscalation(policy, candidate, attempts, elapsedMs),
  };
  const onRoute: Generation["onRoute"] = (route) =>
    generation.onRoute(joinRoutes(firstDraft.route, route, firstDraft.route, sentence));
  const second = yield* hold({ ...generation, request, onRoute }, call, false);
  const secondDraft = "basis" in second.draft ? await verified(generation, second.draft, call) : undefined;
  const secondRoute = second.draft.route;
  const isBetter =
    secondDraft !== undefined &&
    secondDraft.error === undefined &&
    (secondDraft.verification?.score ?? 0) >= (firstDraft.verification?.score ?? 0);
  const shown = isBetter ? secondDraft : firstDraft;
  const route = joinRoutes(firstDraft.route, secondRoute, shown.route, sentence);
  generation.onRoute(route);
  const isAborted = secondDraft?.error?.code === "REQUEST_ABORTED";
  return yield* give(isBetter ? second.events : first.events, {
    ...shown,
    route,
    spending: spendingOf(route),
    generateMs: generation.clock.monotonicMs() - startMs,
    ...(isAborted && secondDraft?.error && { error: secondDraft.error }),
  });
}

interface Held {
  readonly events: readonly AnswerEvent[];
  readonly draft: AnswerDraft | NotGenerated;
}

/** Takes the whole answer; only the route goes out, and only for the first call. */
async function* hold(generation: Generation, call: Call, showsRoute = true): AsyncGenerator<AnswerEvent, Held> {
  const events: AnswerEvent[] = [];
  const answer = generateAnswer(generation, call);
  for (;;) {
    const step = await answer.next();
    if (step.done === true) return { events, draft: step.value };
    if (step.value.kind !== "route") events.push(step.value);
    else if (showsRoute) yield step.value;
  }
}

async function* give(events: readonly AnswerEvent[], draft: AnswerDraft): AsyncGenerator<AnswerEvent, AnswerDraft> {
  if (draft.error === undefined) yield* events;
  return draft;
}

/** Only what a model wrote and finished is verified: the abstention that the prompt asks for claims nothing. */
async function verified(generation: VerifiedGeneration, draft: AnswerDraft, call: Call): Promise<AnswerDraft> {
  if (draft.basis !== "generated" || draft.error !== undefined) return draft;
  try {
    const verification = await generation.verify(draft.text, call);
    generation.onVerified(draft, verification);
    return { ...draft, verification };
  } catch (thrown) {
    return { ...draft, error: toErrorRecord(asLarderError(thrown, call)) };
  }
}
