import type { Difficulty, ModelKnowledge, RoutingTask } from "@larder/contracts";
import type { ModelState } from "./model-state.ts";
import { createModelState } from "./model-state.ts";

/** Where the memory keeps one model: its state, and what was last told of it, by {@link placeOf}. */
export interface ModelSlot {
  readonly provider: string;
  readonly model: string;
  readonly state: ModelState;
  readonly told: (ToldKnowledge | undefined)[];
}

interface ToldKnowledge {
  readonly untilMs: number;
  readonly knowledge: ModelKnowledge;
}

const taskPlaces: Readonly<Record<RoutingTask, number>> = { answering: 0, json: 4 };
const levelPlaces: Readonly<Record<Difficulty, number>> = { easy: 1, medium: 2, hard: 3 };

/** A number for each task and difficulty, so that a decision makes no text to look something up by. */
export function placeOf(task: RoutingTask, difficulty: Difficulty | undefined): number {
  return taskPlaces[task] + (difficulty === undefined ? 0 : levelPlaces[difficulty]);
}

export interface ModelSlots {
  /** Two look-ups by names that are there already: it runs for hundreds of models in each decision. */
  find(provider: string, model: string): ModelSlot | undefined;
  /** Begun where there is none. From now on the newest, and what was told of it holds no more. */
  touch(provider: string, model: string, atMs: number): ModelSlot;
  /** Puts in what was kept, as the newest. */
  put(provider: string, model: string, state: ModelState): void;
  /** The oldest first. */
  all(): IterableIterator<ModelSlot>;
}

/** At most `modelsMax` models; the one that was touched longest ago goes first. */
export function createModelSlots(modelsMax: number): ModelSlots {
  const places = new Map<string, Map<string, ModelSlot>>();
  const byAge = new Set<ModelSlot>(); // the newest last

  const find = (provider: string, model: string) => places.get(provider)?.get(model);
  const forget = (slot: ModelSlot) => {
    byAge.delete(slot);
    const models = places.get(slot.provider);
    models?.delete(slot.model);
    if (models?.size === 0) places.delete(slot.provider);
  };
  const put = (provider: string, model: string, state: ModelState): ModelSlot => {
    const slot: ModelSlot = { provider, model, state, told: [] };
    const models = places.get(provider) ?? new Map<string, ModelSlot>();
    places.set(provider, models);
    models.set(model, slot);
    byAge.add(slot);
    const [oldest] = byAge;
    if (byAge.size > modelsMax && oldest !== undefined) forget(oldest);
    return slot;
  };
  return {
    find,
    touch(provider, model, atMs) {
      const slot = find(provider, model);
      if (slot === undefined) return put(provider, model, createModelState(atMs));
      slot.told.length = 0;
      byAge.delete(slot);
      byAge.add(slot);
      return slot;
    },
    put,
    all: () => byAge.values(),
  };
}
