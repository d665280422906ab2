import type { ArmCache, NanoUsd, SavingVerdict } from "@larder/contracts";
import type { ArmQuestion } from "./arm-question.ts";

/** What an arm is found to be for one question, before it is compared. */
export type ArmFinding =
  | {
      readonly kind: "infeasible";
      readonly reason: string;
      /** Input tokens that may be claimed: the window's, where the prompt would not fit into it. */
      readonly tokens: number;
      readonly verdict: Extract<SavingVerdict, "capability_only" | "not_established">;
    }
  | {
      readonly kind: "feasible";
      readonly tokens: number;
      readonly cost: NanoUsd | undefined;
      /** What ours cost where the arm is priced elsewhere than the answer was. @defaultValue the answer's own cost */
      readonly ours?: NanoUsd | undefined;
      readonly cache?: ArmCache;
    };

/** One way to answer that was not taken. */
export type PriceArm = (asked: ArmQuestion) => ArmFinding;

const count = (value: number) => value.toLocaleString("en-US");

/** No token is claimed of what nobody could have done. */
export function infeasible({ actualInput }: ArmQuestion, reason: string): ArmFinding {
  return { kind: "infeasible", reason, tokens: actualInput, verdict: "not_established" };
}

/** The ceiling: `undefined` when `tokens` fit the window, else what nobody could have sent. */
export function aboveWindow({ usable, name }: ArmQuestion, tokens: number): ArmFinding | undefined {
  if (tokens <= usable) return undefined;
  const reason = `The prompt would take ${count(tokens)} tokens; ${name} leaves ${count(usable)} for it.`;
  return { kind: "infeasible", reason, tokens: usable, verdict: "capability_only" };
}
