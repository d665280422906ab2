import type { NanoUsd, PriceLane, Usage, UsageFlag } from "@larder/contracts";
import { parseUsd } from "@larder/contracts";
import { z } from "zod";

/** A count that is no count was not told. */
export const count = z.int().min(0).optional().catch(undefined);
/** A count, where one that was not told is 0: the part of a total. */
export const part = z.int().min(0).catch(0);

/** One call's counts as a provider tells them: parts of a total, which may overlap or claim more than it. */
export interface ToldUsage {
  /** All input, cached and written included. */
  readonly input: number;
  readonly cacheRead?: number;
  /** Kept for five minutes or an untold time. */
  readonly cacheWrite?: number;
  readonly cacheWriteLong?: number;
  readonly audioInput?: number;
  readonly imageInput?: number;
  /** All output, reasoning and audio included. */
  readonly output: number;
  readonly reasoning?: number;
  readonly audioOutput?: number;
}

type Extras = Omit<Usage, "tokens" | "source">;

/**
 * Told counts as disjoint buckets that sum to the told totals. Where parts exceed their total they overlap: each is cut
 * to what those before it left, in the order cache read, short write, long write, audio, image; reasoning, audio.
 * @throws never: totals are whole and not negative by then
 */
export function toUsage(told: ToldUsage, extras: Extras = {}): Usage {
  const input = cutter(told.input);
  const inputCacheRead = input.take(told.cacheRead);
  const inputCacheWrite = input.take(told.cacheWrite);
  const inputCacheWriteLong = input.take(told.cacheWriteLong);
  const inputAudio = input.take(told.audioInput);
  const inputImage = input.take(told.imageInput);
  const output = cutter(told.output);
  const outputReasoning = output.take(told.reasoning);
  const outputAudio = output.take(told.audioOutput);
  const flags: readonly UsageFlag[] = [
    ...(extras.flags ?? []),
    ...(input.wasCut() || output.wasCut() ? (["counts_overlap"] as const) : []),
  ];
  const { flags: _, ...rest } = extras;
  return {
    source: "provider",
    tokens: {
      inputFresh: input.left(),
      inputCacheRead,
      inputCacheWrite,
      inputCacheWriteLong,
      inputAudio,
      inputImage,
      outputText: output.left(),
      outputReasoning,
      outputAudio,
    },
    ...rest,
    ...(flags.length > 0 && { flags }),
  };
}

function cutter(total: number) {
  let left = total;
  let isCut = false;
  return {
    take(part = 0): number {
      const taken = Math.min(part, left);
      if (taken < part) isCut = true;
      left -= taken;
      return taken;
    },
    left: () => left,
    wasCut: () => isCut,
  };
}

/** Dollars as a JSON number; `undefined` for what is no amount. A stated 0 is 0. */
export function usdOf(value: unknown): NanoUsd | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? parseUsd(String(value)) : undefined;
}

/** `service_tier` of OpenAI's wire and its dialects, Anthropic's included; `undefined` for one that is not known. */
export function laneOf(tier: unknown): PriceLane | undefined {
  switch (tier) {
    case "default":
    case "standard":
    case "on_demand":
      return "standard";
    case "flex":
    case "batch":
      return tier;
    case "priority":
    case "fast":
      return "priority";
    default:
      return undefined;
  }
}
