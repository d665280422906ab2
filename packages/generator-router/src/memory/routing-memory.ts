import type {
  Call,
  Difficulty,
  FlagState,
  ModelEntry,
  ModelKnowledge,
  RoutingMemory,
  RoutingRecord,
  RoutingRow,
  RoutingTask,
  UsageObservation,
} from "@larder/contracts";
import { inputTokensOf, outputTokensOf, routingTasks } from "@larder/contracts";
import { add, read } from "./forgetting.ts";
import type { ModelSlot } from "./model-slots.ts";
import { createModelSlots, placeOf } from "./model-slots.ts";
import type { ModelState, TaskState } from "./model-state.ts";
import { keepFlag, readModelState, taskOf } from "./model-state.ts";
import { errorOf, notePrediction } from "./prediction-error.ts";
import { atDifficulty, posteriorOf } from "./quality-prior.ts";
import { quantilesOf, sketchTokens } from "./token-sketch.ts";

export interface RoutingMemoryOptions {
  /** Where it is kept; absent: in this process only. */
  readonly record?: RoutingRecord;
  /** The model that was observed longest ago is forgotten first. @defaultValue 2,000 */
  readonly modelsMax?: number;
}

/** The configured ratio counts as this many of our tokens: one short prompt. */
const ratioPriorTokens = 1_000;
/** No two tokenizers differ by more: what is outside counted something else, such as images. */
const ratioMin = 0.4;
const ratioMax = 4;
/** The belief that expected reads come counts as this many tokens of prefixes. */
const cachePriorTokens = 5_000;

/**
 * What was learned of models: tokenizer ratios, output and reasoning, cache yield, quality, flags and how wrong the
 * predictions were. Decisions read it without waiting; `save` writes what changed. A process that dies loses what it
 * learned since the last save, and nothing else.
 *
 * Bounded: at most `modelsMax` models, each with a fixed set of fading sums. One process writes a record; of two, the
 * later save of the same model stands.
 */
export async function openRoutingMemory(options: RoutingMemoryOptions, call: Call): Promise<RoutingMemory> {
  return memoryOf((await options.record?.rows(call)) ?? [], options);
}

/** Empty, and kept nowhere. */
export function createRoutingMemory(options: Omit<RoutingMemoryOptions, "record"> = {}): RoutingMemory {
  return memoryOf([], options);
}

/** How long what was told of a model holds, where nothing new is learned: it fades by 0.04 % in that time. */
const toldForMs = 600_000;

function memoryOf(rows: readonly RoutingRow[], { record, modelsMax = 2_000 }: RoutingMemoryOptions): RoutingMemory {
  const slots = createModelSlots(modelsMax);
  for (const { provider, model, state } of rows) {
    const known = readModelState(state);
    if (known !== undefined) slots.put(provider, model, known);
  }
  /** What changed since the last save, with when. */
  const changed = new Map<ModelSlot, number>();

  function stateOf(provider: string, model: string, atMs: number): ModelState {
    const slot = slots.touch(provider, model, atMs);
    changed.set(slot, atMs);
    return slot.state;
  }

  return {
    observeUsage(seen) {
      const { provider, model, atMs } = seen;
      noteUsage(stateOf(provider, model, atMs), seen);
    },
    observeQuality({ provider, model, task, difficulty, isGood, weight, atMs }) {
      const { quality } = taskOf(stateOf(provider, model, atMs), task, atMs);
      const name = isGood ? "good" : "bad";
      add(quality, atMs, weight, { [name]: 1, ...(difficulty === undefined ? {} : { [`${name}:${difficulty}`]: 1 }) });
    },
    observeFlag({ provider, model, ...seen }) {
      keepFlag(stateOf(provider, model, seen.atMs).flags, seen);
    },
    knowledge(entry, task, nowMs, difficulty) {
      const slot = slots.find(entry.provider, entry.model);
      if (slot === undefined) return undefined;
      const place = placeOf(task, difficulty);
      const told = slot.told[place];
      if (told !== undefined && nowMs < told.untilMs) return told.knowledge;
      const knowledge = knowledgeOf(slot.state, entry, task, nowMs, difficulty);
      slot.told[place] = { untilMs: nowMs + toldForMs, knowledge };
      return knowledge;
    },
    predictionErrors: (nowMs) =>
      [...slots.all()].flatMap(({ provider, model, state }) =>
        routingTasks.flatMap((task) => {
          const errors = state.tasks[task]?.errors;
          const error = errors === undefined ? undefined : errorOf(errors, nowMs);
          return error === undefined ? [] : [{ provider, model, task, ...error }];
        }),
      ),
    async save(call) {
      if (record === undefined || changed.size === 0) return changed.clear();
      const saving = new Map(changed);
      changed.clear();
      const rows = [...saving].map(([{ provider, model, state }, updatedAtMs]) => ({
        ...{ provider, model, updatedAtMs },
        state: JSON.stringify(state),
      }));
      try {
        await record.put(rows, call);
      } catch (thrown) {
        for (const [slot, atMs] of saving) if (!changed.has(slot)) changed.set(slot, atMs);
        throw thrown;
      }
    },
  };
}

function noteUsage(state: ModelState, seen: UsageObservation): void {
  const { atMs, billed, expected, countedInputTokens } = seen;
  const task = taskOf(state, seen.task, atMs);
  const input = inputTokensOf(billed);
  const ratio = input / countedInputTokens;
  if (ratio >= ratioMin && ratio <= ratioMax) add(state.input, atMs, 1, { counted: countedInputTokens, billed: input });
  if (outputTokensOf(billed) > 0) {
    sketchTokens(task.outputText, atMs, billed.outputText);
    sketchTokens(task.outputReasoning, atMs, billed.outputReasoning);
  }
  if (expected !== undefined && expected.hitProbability > 0 && expected.prefixTokens > 0) {
    const hoped = expected.prefixTokens * expected.hitProbability;
    add(state.cache, atMs, 1, { expected: hoped, read: Math.min(billed.inputCacheRead, expected.prefixTokens) });
  }
  if (expected !== undefined) notePrediction(task.errors, seen, expected);
}

function knowledgeOf(
  state: ModelState,
  entry: ModelEntry,
  taskName: RoutingTask,
  nowMs: number,
  difficulty: Difficulty | undefined,
): ModelKnowledge {
  const counted = read(state.input, "counted", nowMs);
  const hoped = read(state.cache, "expected", nowMs);
  const task = state.tasks[taskName];
  return {
    ...(counted > 0 && {
      tokenRatio: (ratioPriorTokens + read(state.input, "billed", nowMs)) / (ratioPriorTokens + counted),
    }),
    ...(hoped > 0 && {
      cacheYield: Math.min(1, (cachePriorTokens + read(state.cache, "read", nowMs)) / (cachePriorTokens + hoped)),
    }),
    ...outputsOf(task, nowMs),
    ...qualityOf(task, entry, nowMs, difficulty),
    ...(state.flags.length > 0 && {
      flags: state.flags.map(
        ({ failures: _, retryAtMs, ...flag }): FlagState => (retryAtMs === undefined ? flag : { ...flag, retryAtMs }),
      ),
    }),
  };
}

function outputsOf(task: TaskState | undefined, nowMs: number): Pick<ModelKnowledge, "outputText" | "outputReasoning"> {
  const outputText = task === undefined ? undefined : quantilesOf(task.outputText, nowMs);
  const outputReasoning = task === undefined ? undefined : quantilesOf(task.outputReasoning, nowMs);
  return { ...(outputText && { outputText }), ...(outputReasoning && { outputReasoning }) };
}

function qualityOf(
  task: TaskState | undefined,
  entry: ModelEntry,
  nowMs: number,
  difficulty: Difficulty | undefined,
): Pick<ModelKnowledge, "quality"> {
  if (task === undefined) return {};
  const seen = (name: string) => read(task.quality, name, nowMs);
  const quality = posteriorOf(entry.quality, seen("good"), seen("bad"));
  if (quality === undefined) return {};
  if (difficulty === undefined) return { quality };
  return { quality: atDifficulty(quality, seen(`good:${difficulty}`), seen(`bad:${difficulty}`)) };
}
