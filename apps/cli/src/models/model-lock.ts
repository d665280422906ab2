import { z } from "zod";

/** What answers rest on, of one model. Null is unknown. */
const lockedModel = z.strictObject({
  /** The name holds a date or version, so that the provider cannot change what is behind it. */
  snapshot: z.boolean(),
  price_usd_per_mtok: z.record(z.string(), z.string().nullable()).nullable(),
  tiers: z.array(z.unknown()),
  context_tokens: z.int().nullable(),
  max_output_tokens: z.int().nullable(),
  quantization: z.string().nullable(),
  capabilities: z.array(z.string()),
  regions: z.array(z.string()),
  retires_on: z.string().nullable(),
});
const lockForm = z.strictObject({
  lock_version: z.literal(1),
  written_at: z.string(),
  price_book: z.string(),
  /** By `provider/model`, names ascending. */
  models: z.record(z.string(), lockedModel),
});

export type LockedModel = z.infer<typeof lockedModel>;
export type ModelLock = z.infer<typeof lockForm>;

/** The part of `GET /v1/models` that a lock reads. */
export interface ListedModel extends Omit<LockedModel, "snapshot"> {
  readonly id: string;
  readonly configured: boolean;
}

/** A date (2026-08-01, 20260801, 0801) or a version with three parts ends the name, as snapshots' names do. */
const snapshotName = /[-@:](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|v?\d+\.\d+\.\d+)$/;

/** Those models that could be asked: what others cost changes no answer. Pure. */
export function toModelLock(models: readonly ListedModel[], priceBook: string, writtenAt: string): ModelLock {
  const locked = models
    .filter(({ configured }) => configured)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((model): [string, LockedModel] => [
      model.id,
      {
        snapshot: snapshotName.test(model.id),
        price_usd_per_mtok: model.price_usd_per_mtok,
        tiers: model.tiers,
        context_tokens: model.context_tokens,
        max_output_tokens: model.max_output_tokens,
        quantization: model.quantization,
        capabilities: model.capabilities.toSorted(),
        regions: model.regions.toSorted(),
        retires_on: model.retires_on,
      },
    ]);
  return { lock_version: 1, written_at: writtenAt, price_book: priceBook, models: Object.fromEntries(locked) };
}

/** @returns `undefined` for a text that is no lock file */
export function readModelLock(text: string): ModelLock | undefined {
  try {
    return lockForm.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export interface LockChange {
  readonly model: string;
  readonly what: "added" | "removed" | Exclude<keyof LockedModel, "snapshot">;
  readonly before?: unknown;
  readonly now?: unknown;
}

/** What differs, by model and field; none when every answer still rests on the same. The price book's id alone is none. */
export function compareLocks(before: ModelLock, now: ModelLock): readonly LockChange[] {
  const names = [...new Set([...Object.keys(before.models), ...Object.keys(now.models)])].sort();
  return names.flatMap((model): LockChange[] => {
    const [old, fresh] = [before.models[model], now.models[model]];
    if (old === undefined) return [{ model, what: "added" }];
    if (fresh === undefined) return [{ model, what: "removed" }];
    const fields = (Object.keys(old) as (keyof LockedModel)[]).filter((field) => field !== "snapshot");
    return fields.flatMap((what): LockChange[] =>
      sorted(old[what]) === sorted(fresh[what]) ? [] : [{ model, what, before: old[what], now: fresh[what] }],
    );
  });
}

/** As text in which the order of names does not count. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
