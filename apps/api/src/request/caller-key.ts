import type { CallerKeyId } from "@larder/contracts";
import { isCallerKeyId } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";

/** The API key that asks, as the scope of its budgets; `undefined` where no keys are asked for. */
export function callerKeyOf(c: ApiContext): CallerKeyId | undefined {
  const id = `key_${c.get("callerScope")}`;
  return isCallerKeyId(id) ? id : undefined;
}
