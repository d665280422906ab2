import { z } from "zod";

const positive = z.coerce.number().int().positive();
const orZero = z.coerce.number().int().min(0);

/** How providers are called, and what happens when a call fails; docs/guides/routing.md tells the whole of it. */
export const callingSettings = {
  LARDER_ATTEMPTS_MAX: positive.max(20).default(3).describe("Provider calls that one answer may take."),
  LARDER_RETRY_WINDOW_MS: positive
    .default(120_000)
    .describe("No further attempt for an answer begins later than this after its request."),
  LARDER_GENERATION_TIMEOUT_MS: positive
    .default(600_000)
    .describe("Longest time for all provider calls of one answer and the waits between them."),
  LARDER_RETRY_WAIT_MS_MAX: orZero
    .default(5_000)
    .describe("Longest wait, all of an answer's together, before a model is asked again when no other is left."),
  LARDER_RETRY_DELAY_MS: orZero
    .default(250)
    .describe("Wait before the first repetition; doubled with each, of which a random part is taken."),
  LARDER_HEDGE_DELAY_MS: orZero
    .default(0)
    .describe(
      "Without a first token after this long, the next model is asked too; the slower one may be billed. 0: never.",
    ),
  LARDER_PROVIDER_CALLS_MAX: positive.max(10_000).default(100).describe("Calls to one provider at the same time."),
  LARDER_PROVIDER_QUEUE_MAX: orZero
    .max(100_000)
    .default(1_000)
    .describe("Calls to one provider that may wait for a place; more go to the next model."),
  LARDER_PROVIDER_QUEUE_MS: orZero.default(10_000).describe("Longest wait for a place."),
  LARDER_PROVIDER_KEEP_ALIVE_MS: positive
    .max(600_000)
    .default(30_000)
    .describe("Time that an idle connection to a provider is kept for the next call."),
  LARDER_PROVIDER_CONNECT_TIMEOUT_MS: positive
    .max(600_000)
    .default(10_000)
    .describe("Longest time to connect to a provider, TLS included."),
  LARDER_OVERLOAD_PAUSE_MS: orZero
    .default(1_000)
    .describe("Pause of a model that answered 429, 503 or 529 without a Retry-After."),
  LARDER_FAILURES_MAX: positive.max(1_000).default(3).describe("Failures in a row after which a model is paused."),
  LARDER_FAILING_PAUSE_MS: positive.default(10_000).describe("That pause; doubled with each failed trial after it."),
  LARDER_FAILING_PAUSE_MS_MAX: positive.default(300_000).describe("Longest such pause."),
  LARDER_CREDENTIAL_PAUSE_MS: positive.default(300_000).describe("Pause of a provider that refused its key."),
} as const;

type Data = { readonly [Name in keyof typeof callingSettings]: number };

/** As the router takes them. */
export function callingLimits(data: Data) {
  return {
    attemptsMax: data.LARDER_ATTEMPTS_MAX,
    retryMs: data.LARDER_RETRY_WINDOW_MS,
    requestMs: data.LARDER_GENERATION_TIMEOUT_MS,
    retryWaitMsMax: data.LARDER_RETRY_WAIT_MS_MAX,
    retryDelayMs: data.LARDER_RETRY_DELAY_MS,
    hedgeDelayMs: data.LARDER_HEDGE_DELAY_MS,
    callsMax: data.LARDER_PROVIDER_CALLS_MAX,
    queueMax: data.LARDER_PROVIDER_QUEUE_MAX,
    queueMs: data.LARDER_PROVIDER_QUEUE_MS,
    overloadedMs: data.LARDER_OVERLOAD_PAUSE_MS,
    failuresMax: data.LARDER_FAILURES_MAX,
    failingMs: data.LARDER_FAILING_PAUSE_MS,
    failingMsMax: data.LARDER_FAILING_PAUSE_MS_MAX,
    credentialMs: data.LARDER_CREDENTIAL_PAUSE_MS,
  };
}
