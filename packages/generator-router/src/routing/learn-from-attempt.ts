import type {
  Attempt,
  AttemptExpectation,
  Candidate,
  RequestShape,
  RoutingMemory,
  RoutingTask,
} from "@larder/contracts";

/** What a candidate's attempt is expected to take, as it is written beside what it took. */
export function expectationOf(
  { expected, expectedCost }: Candidate,
  shape: RequestShape,
): AttemptExpectation | undefined {
  if (expected === undefined || expectedCost === undefined) return undefined;
  const { tokens, hitProbability, tokenRatio } = expected;
  const prefixTokens = Math.ceil(shape.stablePrefixTokens * tokenRatio);
  return { tokens, cost: expectedCost, hitProbability, prefixTokens };
}

/** Only what the provider counted teaches: an estimate of ours would confirm itself. */
export function learnFromAttempt(
  attempt: Attempt,
  { shape, task, nowMs }: { readonly shape: RequestShape; readonly task: RoutingTask; readonly nowMs: number },
  memory: Pick<RoutingMemory, "observeUsage">,
): void {
  if (attempt.outcome !== "answered" || attempt.usage?.source !== "provider" || shape.inputTokens < 1) return;
  const { provider, model, cost, expected, usage } = attempt;
  memory.observeUsage({
    provider,
    model,
    task,
    atMs: nowMs,
    countedInputTokens: shape.inputTokens,
    billed: usage.tokens,
    ...(cost !== undefined && { billedCost: cost }),
    ...(expected && { expected }),
  });
}
