import type { Call, Embedder, EmbedderId, Metadata, ReindexStore } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export interface FormerEmbeddersOptions {
  readonly record: Pick<ReindexStore, "rememberedEmbedder">;
  readonly open: (model: string, settings: Metadata) => Promise<Embedder>;
  /** After a failure nobody tries again for so long: each try starts a process. @defaultValue 60000 */
  readonly retryMs?: number;
  /** One that was not asked for so long is closed by `closeIdle`. @defaultValue 300000 */
  readonly idleMs?: number;
  readonly nowMs: () => number;
}

/** Embedders beside the configured one, for knowledge bases whose vectors are still of them. */
export interface FormerEmbedders extends AsyncDisposable {
  /**
   * Opened at the first call.
   * @throws {@link LarderError} `EMBEDDER_MODEL_MISSING`, `EMBEDDER_MODEL_UNTRUSTED` when the files are there and give
   * other vectors than those that are stored, `EMBEDDER_UNAVAILABLE`
   */
  embedder(id: EmbedderId, call: Call): Promise<Embedder>;
  closeIdle(): Promise<void>;
}

interface Opened {
  readonly opening: Promise<Embedder>;
  usedMs: number;
}

const unbounded: Call = { signal: new AbortController().signal };

export function createFormerEmbedders(options: FormerEmbeddersOptions): FormerEmbedders {
  const { record, open, nowMs, retryMs = 60_000, idleMs = 300_000 } = options;
  const opened = new Map<EmbedderId, Opened>();

  async function openAs(id: EmbedderId): Promise<Embedder> {
    const { model, settings } = (await record.rememberedEmbedder(id, unbounded)) ?? readId(id);
    const embedder = await open(model, settings);
    if (embedder.id === id) return embedder;
    await embedder[Symbol.asyncDispose]();
    throw new LarderError("EMBEDDER_MODEL_UNTRUSTED", { details: { model, problem: "changed" } });
  }

  async function closeAll(ids: readonly EmbedderId[]): Promise<void> {
    const closing = ids.map((id) => opened.get(id)?.opening);
    for (const id of ids) opened.delete(id);
    for (const one of await Promise.allSettled(closing)) {
      if (one.status === "fulfilled") await one.value?.[Symbol.asyncDispose]();
    }
  }

  return {
    async embedder(id, call) {
      const known = opened.get(id);
      if (known !== undefined) {
        known.usedMs = nowMs();
        return known.opening;
      }
      call.signal.throwIfAborted();
      const opening = openAs(id); // for all who ask: the first one's leaving is no failure
      opened.set(id, { opening, usedMs: nowMs() });
      opening.catch(() => {
        const timer = setTimeout(() => opened.delete(id), retryMs);
        timer.unref();
      });
      return opening;
    },
    closeIdle: () => closeAll([...opened].filter(([, { usedMs }]) => nowMs() - usedMs > idleMs).map(([id]) => id)),
    [Symbol.asyncDispose]: () => closeAll([...opened.keys()]),
  };
}

/** For vectors from before anybody wrote down how their embedder was opened: `<model>@<hash>/<dimensions>`. */
function readId(id: EmbedderId): { readonly model: string; readonly settings: Metadata } {
  const [, model, dimensions] = /^(.+)@[0-9a-f]+\/(\d+)$/.exec(id) ?? [];
  if (model === undefined) throw new LarderError("EMBEDDER_MODEL_MISSING", { details: { model: id } });
  return { model, settings: { keptDimensions: Number(dimensions) } };
}
