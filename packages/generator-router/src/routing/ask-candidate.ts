import type { AnswerContent, Attempt, Candidate, RoutedRequest } from "@larder/contracts";
import type { CandidateCaller } from "./call-candidate.ts";
import { callCandidate } from "./call-candidate.ts";
import { joinSignals } from "./join-signals.ts";
import type { RaceResult, StartedAttempt } from "./race-attempts.ts";
import { raceAttempts } from "./race-attempts.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

export interface Asking {
  readonly request: RoutedRequest;
  readonly signal: AbortSignal;
  /** Monotonic time. */
  readonly deadlineAtMs: number;
  readonly resolved: ResolvedPolicy;
  over(attempt: Attempt): Promise<Attempt>;
  /** A second model to ask while the first is silent. */
  hedge(): Candidate | undefined;
}

/** One attempt, or two of which one gives text, where a hedge is set. */
export async function* askCandidate(
  caller: CandidateCaller,
  candidate: Candidate,
  { request, signal, deadlineAtMs, resolved, over, hedge }: Asking,
): AsyncGenerator<AnswerContent, RaceResult, undefined> {
  const { hedgeDelayMs } = caller.limits;
  if (hedgeDelayMs === 0) {
    const decided = yield* callCandidate(caller, candidate, request, { deadlineAtMs, signal, resolved, over });
    return { results: [decided], decided };
  }
  const leaves: (() => void)[] = [];
  const start = (each: Candidate): StartedAttempt => {
    const own = new AbortController();
    const joined = joinSignals(signal, own.signal);
    leaves.push(joined.leave);
    const events = callCandidate(caller, each, request, { deadlineAtMs, signal: joined.signal, resolved, over });
    return { events, stop: (reason) => own.abort(reason) };
  };
  const startSecond = () => {
    const second = hedge();
    return second === undefined ? undefined : start(second);
  };
  try {
    return yield* raceAttempts(start(candidate), { delayMs: hedgeDelayMs, startSecond });
  } finally {
    for (const leave of leaves) leave();
  }
}
