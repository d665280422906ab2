import type { EconomicsInputs } from "./inputs.ts";

/** In the order in which they are asked: what fails an earlier one is not priced. */
export interface Gate {
  readonly step: "policy" | "quality" | "latency" | "money";
  readonly side: "api" | "local" | "both";
  readonly status: "passed" | "failed" | "unknown" | "not_asked";
  readonly sentence: string;
}

export interface Gates {
  readonly all: readonly Gate[];
  /** May be priced. */
  readonly isApiOpen: boolean;
  readonly isLocalOpen: boolean;
}

export function checkGates(inputs: EconomicsInputs): Gates {
  const policy = policyGate(inputs);
  const quality = [apiQuality(inputs), localQuality(inputs)];
  const latency = latencyGate(inputs);
  const all = [policy, ...quality, latency];
  const isClosed = (side: Gate["side"]) => all.some((gate) => gate.side === side && gate.status === "failed");
  return { all, isApiOpen: !isClosed("api") && inputs.comparator !== undefined, isLocalOpen: !isClosed("local") };
}

function policyGate({ policy, comparator }: EconomicsInputs): Gate {
  const { isOfflineRequired, regions, blocked } = policy;
  const gate = (status: Gate["status"], sentence: string): Gate => ({ step: "policy", side: "api", status, sentence });
  if (isOfflineRequired) return gate("failed", "Nothing may leave the network, so no API is priced.");
  if (regions.length === 0 && blocked.length === 0) return gate("not_asked", "No residency was asked for.");
  const where = regions.length === 0 ? "" : ` served in ${regions.join(" or ")}`;
  if (comparator === undefined)
    return gate("failed", `No model${where} is left by the policy and the quality asked for.`);
  return gate(
    "passed",
    `${comparator.provider}/${comparator.model} is allowed${where}; ${blocked.length} models are not.`,
  );
}

function apiQuality({ comparator, capableBecause }: EconomicsInputs): Gate {
  if (comparator === undefined) return { step: "quality", side: "api", status: "failed", sentence: capableBecause };
  const status = isQualityMeasured(comparator) ? "passed" : "unknown";
  return { step: "quality", side: "api", status, sentence: capableBecause };
}

export function isQualityMeasured(option: EconomicsInputs["comparator"]): boolean {
  return option?.qualityBasis === "observed" || option?.qualityBasis === "measured";
}

function localQuality({ machine }: EconomicsInputs): Gate {
  const sentences = {
    passed: `${machine.name} was stated to have passed the same evaluation.`,
    failed: `${machine.name} was stated to have failed the evaluation that the API model passes.`,
    unknown: `Nothing says that ${machine.name} answers well enough: run the same questions on it first.`,
  } as const;
  return { step: "quality", side: "local", status: machine.qualityGate, sentence: sentences[machine.qualityGate] };
}

function latencyGate({ latency, machine, workload }: EconomicsInputs): Gate {
  const gate = { step: "latency", side: "local" } as const;
  if (latency === undefined) return { ...gate, status: "not_asked", sentence: "No time limit was asked for." };
  const ms = answerMs(machine, workload);
  const words = `One answer takes about ${(ms / 1_000).toFixed(1)} s here, ${(latency.answerMsMax / 1_000).toFixed(1)} s are allowed.`;
  return { ...gate, status: ms <= latency.answerMsMax ? "passed" : "failed", sentence: words };
}

/** One answer when as many streams run as the speeds were found with. */
function answerMs(
  { tokensPerSecond: { prefill, decode }, concurrency }: EconomicsInputs["machine"],
  { inputTokensPerQuery, outputTokensPerQuery }: EconomicsInputs["workload"],
): number {
  return 1_000 * concurrency * (inputTokensPerQuery / prefill + outputTokensPerQuery / decode);
}
