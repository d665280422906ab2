import type { ErrorRule } from "./error-rule.ts";

/** Local hardware against an API. */
export const economicsErrors = {
  ECONOMICS_HISTORY_TOO_SHORT: {
    blame: "caller",
    retryable: false,
    meaning: "A price decline was to be fitted, and the prices given are too few or too close together.",
    hint: "Send `price_history.constant_quality` of one list on three dates or more, over three months or more, or state `decline.x_per_year`.",
  },
  ECONOMICS_COMPARATOR_UNPRICED: {
    blame: "caller",
    retryable: false,
    meaning: "The model to compare with has no known price for this workload.",
    hint: "Name another one in `compare`, or give it a price with `larder prices override`.",
  },
  ECONOMICS_SPEED_UNKNOWN: {
    blame: "caller",
    retryable: false,
    meaning: "No speed of the local machine was given, and none was observed.",
    hint: "Send `local.tok_per_s`; `larder economics measure --provider local` finds it out.",
  },
  ECONOMICS_SERVER_NOT_LOCAL: {
    blame: "caller",
    retryable: false,
    meaning: "Speed is measured on a server of this machine or a configured one only.",
    hint: "Name it in LARDER_LOCAL_BASE_URL, or give an address of this machine with --base-url.",
  },
} as const satisfies Record<string, ErrorRule>;
