import type { FlagState, ModelFlag, RoutingTask } from "@larder/contracts";
import { z } from "zod";
import type { FadingSums } from "./forgetting.ts";
import { createFadingSums } from "./forgetting.ts";

const sums = z.object({ atMs: z.number(), sums: z.record(z.string().max(40), z.number()) });
const flag = z.object({
  flag: z.enum([
    "json_schema",
    "json_object",
    "tools",
    "vision",
    "reasoning",
    "system_prompt",
    "seed",
    "output_limit",
  ] as const satisfies readonly ModelFlag[]),
  holds: z.boolean(),
  source: z.enum(["probe", "observed"]),
  atMs: z.number(),
  retryAtMs: z.number().optional(),
  failures: z.number(),
});
const task = z.object({
  outputText: sums,
  outputReasoning: sums,
  /** `good` and `bad` over all, and by difficulty as `good:hard`. */
  quality: sums,
  /** Of predictions: see {@link createPredictions}. */
  errors: sums,
});
const state = z.object({
  v: z.literal(1),
  /** `counted` by us and `billed` by the provider: input tokens. */
  input: sums,
  /** `expected` and `read`: tokens of prefixes. */
  cache: sums,
  flags: z.array(flag),
  tasks: z.partialRecord(z.enum(["answering", "json"]), task),
});

/** Everything that is remembered of one model: sums and sketches, at most a few thousand numbers. */
export type ModelState = z.infer<typeof state>;
export type TaskState = z.infer<typeof task>;
export type KeptFlag = z.infer<typeof flag>;

export function createModelState(atMs: number): ModelState {
  return { v: 1, input: createFadingSums(atMs), cache: createFadingSums(atMs), flags: [], tasks: {} };
}

export function taskOf(model: ModelState, name: RoutingTask, atMs: number): TaskState {
  const known = model.tasks[name];
  if (known !== undefined) return known;
  const fresh = (): FadingSums => createFadingSums(atMs);
  const made = { outputText: fresh(), outputReasoning: fresh(), quality: fresh(), errors: fresh() };
  model.tasks[name] = made;
  return made;
}

/** `undefined` for what another version wrote, or nobody can read: it is learned anew. */
export function readModelState(text: string): ModelState | undefined {
  try {
    return state.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** First and longest time that a model without a flag is left alone for what needs it; doubled with each failure. */
const retryMs = 3_600_000;
const retryMsMax = 7 * 86_400_000;

/** A single failure takes the flag: what needs it was paid for and is of no use. A success gives it back. */
export function keepFlag(
  flags: KeptFlag[],
  seen: {
    readonly flag: ModelFlag;
    readonly holds: boolean;
    readonly source: FlagState["source"];
    readonly atMs: number;
  },
): void {
  const index = flags.findIndex((each) => each.flag === seen.flag);
  const failures = seen.holds ? 0 : (flags[index]?.failures ?? 0) + 1;
  const kept: KeptFlag = {
    flag: seen.flag,
    holds: seen.holds,
    source: seen.source,
    atMs: seen.atMs,
    failures,
    ...(seen.holds ? {} : { retryAtMs: seen.atMs + Math.min(retryMs * 2 ** (failures - 1), retryMsMax) }),
  };
  if (index < 0) flags.push(kept);
  else flags[index] = kept;
}
