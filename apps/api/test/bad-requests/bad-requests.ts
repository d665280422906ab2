import fc from "fast-check";
import { badAddresses } from "./bad-addresses.ts";
import { badForms } from "./bad-forms.ts";
import type { JsonLimits } from "./bad-json.ts";
import { badJson } from "./bad-json.ts";
import type { BadRequest, Targets } from "./bad-request.ts";

/** Every kind of request that must be refused; the harder to get right, the more often. */
export function badRequests(targets: Targets, limits: JsonLimits): fc.Arbitrary<BadRequest> {
  return fc.oneof(...badAddresses(targets), ...badJson(targets, limits), ...badForms(targets));
}
