import type { Capability, NanoUsd, Policy, RequestShape } from "@larder/contracts";

export interface RandomRequest {
  readonly shape: RequestShape;
  readonly policy: Policy;
}

/** Requests of every size that a catalog serves, half of them with a prefix, a third with a condition. */
export function randomRequest(random: () => number, providers: readonly string[]): RandomRequest {
  const logarithmic = (least: number, most: number) => Math.round(least * (most / least) ** random());
  const inputTokens = logarithmic(50, 400_000);
  const outputTokensMax = logarithmic(16, 16_000);
  const needs: readonly Capability[] = random() < 0.2 ? ["tools"] : random() < 0.2 ? ["json_schema", "vision"] : [];
  const shape: RequestShape = {
    inputTokens,
    stablePrefixTokens: random() < 0.5 ? Math.floor(inputTokens * random()) : 0,
    outputTokensMax,
    outputTokensExpected: Math.ceil(outputTokensMax * random()),
    needs,
  };
  const policy: Policy = {
    ...(random() < 0.15 && { qualityMin: Math.round(random() * 60) / 100 }),
    ...(random() < 0.1 && { costMax: BigInt(logarithmic(100_000, 1_000_000_000)) as NanoUsd }),
    ...(random() < 0.1 && { providers: providers.filter(() => random() < 0.4) }),
  };
  return { shape, policy };
}
