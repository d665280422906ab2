import type { ErrorRule } from "./error-rule.ts";

/** Documents that are fetched from where they are. */
export const sourceErrors = {
  ADDRESS_REFUSED: {
    blame: "caller",
    retryable: false,
    meaning: "Larder does not fetch from this address.",
    hint: "Give a public http or https address, or ask the operator to allow the host in `LARDER_FETCH_PRIVATE_HOSTS`.",
  },
  ADDRESS_UNREACHABLE: {
    blame: "caller",
    retryable: true,
    meaning: "The address did not give its document: no answer in time, or the connection broke.",
    hint: "Check that the address opens in a browser, and try again.",
  },
  ADDRESS_ANSWERED_ERROR: {
    blame: "caller",
    retryable: false,
    meaning: "The server at the address answered with an error.",
    hint: "Check the address, and whether it can be read without signing in.",
  },
  ADDRESS_FORBIDS_ROBOTS: {
    blame: "caller",
    retryable: false,
    meaning: "The site's robots.txt asks programs not to fetch this address.",
    hint: "Ask the site's owner, or leave the address out.",
  },
} as const satisfies Record<string, ErrorRule>;
