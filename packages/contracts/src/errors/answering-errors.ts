import type { ErrorRule } from "./error-rule.ts";

/** From the question to the receipt: policies, providers, models. */
export const answeringErrors = {
  QUERY_EMPTY: {
    blame: "caller",
    retryable: false,
    meaning: "The question has no text.",
    hint: "Send a question with at least one visible character.",
  },
  BUDGET_EXHAUSTED: {
    blame: "caller",
    retryable: true,
    meaning: "The budget has too little left for any model that could answer.",
    hint: "Wait for its next window, raise it with PUT /v1/budgets, or set up a local model, which no budget stops.",
  },
  BUDGET_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such budget.",
    hint: "List them with GET /v1/budgets.",
  },
  BUDGET_PROTECTED: {
    blame: "caller",
    retryable: false,
    meaning: "A key that has a budget of its own may not change budgets.",
    hint: "Use a key without one, or `larder budgets` on the machine of the data folder.",
  },
  POLICY_UNSATISFIABLE: {
    blame: "caller",
    retryable: false,
    meaning: "No configured model satisfies the policy.",
    hint: "`route.candidates` says why each model is out; relax the policy or configure another provider.",
  },
  SAVINGS_RUN_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "This comparison cannot be measured.",
    hint: "`problem` says what is missing or contradictory; docs/guides/savings-runs.md lists the options.",
  },
  SAVINGS_RUN_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such measured run.",
    hint: "Use the id that POST /v1/savings/runs gave.",
  },
  SAVINGS_RUN_IN_PROGRESS: {
    blame: "caller",
    retryable: true,
    meaning: "This very run is being measured by another process.",
    hint: "Wait for its end; it has the same result.",
  },
  BATCH_REQUEST_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such request that waits, or it was made with another key.",
    hint: "Use the id that POST /v1/batch-requests gave, with the key that it was sent with.",
  },
  PRICES_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "A file of prices cannot be used.",
    hint: "Correct what `problems` names; `larder prices import` builds a catalog from a folder of price files.",
  },
  PROVIDERS_FILE_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "The providers file cannot be used.",
    hint: "Correct the entries named in `problems`; docs/guides/routing.md shows the form.",
  },
  PROVIDER_AUTHENTICATION: {
    blame: "provider",
    retryable: false,
    meaning: "The provider refused the credentials.",
    hint: "Check the provider's API key and its permissions.",
  },
  PROVIDER_REJECTED: {
    blame: "provider",
    retryable: false,
    meaning: "The provider refused the request.",
    hint: "See `status`; the model may not support what was asked.",
  },
  PROVIDER_OVERLOADED: {
    blame: "provider",
    retryable: true,
    meaning: "The provider refused because of load.",
    hint: "Try again after a while; the next candidate is used meanwhile.",
  },
  PROVIDER_FAILED: {
    blame: "provider",
    retryable: true,
    meaning: "The provider failed to answer.",
    hint: "Try again; the next candidate is used meanwhile.",
  },
  PROVIDER_TIMED_OUT: {
    blame: "provider",
    retryable: true,
    meaning: "The provider took longer than the limit.",
    hint: "Try again, or raise the time limits of providers in docs/settings.md.",
  },
  PROVIDER_UNREACHABLE: {
    blame: "provider",
    retryable: true,
    meaning: "The provider cannot be reached.",
    hint: "Check its address and the network.",
  },
  PROVIDER_REPLY_MALFORMED: {
    blame: "provider",
    retryable: true,
    meaning: "The provider's reply does not have the expected form.",
    hint: "Check that its base URL speaks the OpenAI chat format.",
  },
  PROVIDER_STREAM_BROKEN: {
    blame: "provider",
    retryable: false,
    meaning: "The provider's stream ended before the answer was complete.",
    hint: "The text so far is incomplete and may be billed; asking again is a new call that is paid for anew.",
  },
  PROVIDER_BUSY: {
    blame: "us",
    retryable: true,
    meaning: "As many calls to the provider are running and waiting as are allowed.",
    hint: "Try again after a while, or raise LARDER_PROVIDER_CALLS_MAX or LARDER_PROVIDER_QUEUE_MAX.",
  },
  PROVIDER_HEDGE_LOST: {
    blame: "us",
    retryable: false,
    meaning: "Another model answered first, so this call was stopped.",
    hint: "Nothing to do: it is what LARDER_HEDGE_DELAY_MS asks for. What was stopped may be billed.",
  },
  MODEL_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such model in the price book.",
    hint: "List them with GET /v1/models.",
  },
  MODEL_UNKNOWN: {
    blame: "caller",
    retryable: false,
    meaning: "The policy names a model that is neither configured nor in the catalog.",
    hint: "`larder quote` and GET /v1/models list the names; a local server's models are known while it runs.",
  },
  RECEIPT_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such receipt.",
    hint: "List them with GET /v1/receipts.",
  },
} as const satisfies Record<string, ErrorRule>;
