import { z } from "zod";

export type LocalServerKind = "ollama" | "llama_cpp" | "lm_studio" | "openai_compatible";

/** What a server tells of one model beside its name. */
export interface LocalModelFacts {
  /** The window that it is served with, as far as that is told. */
  readonly contextTokens?: number;
  /** Largest window that the model was made for: more than may be served. */
  readonly contextTokensMax?: number;
  /** In the server's own words: `Q4_K_M`, `4bit`. */
  readonly quantization?: string;
  /** Embeds and does not chat. */
  readonly isEmbedder?: boolean;
}

export interface LocalServerFacts {
  readonly kind: LocalServerKind;
  of(model: string): LocalModelFacts;
}

/** Asks for a path from the server's root; `undefined` for anything but JSON with status 200. */
export type AskServer = (path: string, body?: unknown) => Promise<unknown>;

const tokens = z.int().positive().optional().catch(undefined);
const word = z.string().min(1).optional().catch(undefined);

const tagsForm = z.object({ models: z.array(z.object({ name: z.string() })) });
const runningForm = z.object({ models: z.array(z.object({ name: z.string(), context_length: tokens })) });
const showForm = z.object({
  details: z.object({ quantization_level: word }).optional().catch(undefined),
  parameters: word,
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
  capabilities: z.array(z.string()).optional().catch(undefined),
});
const propsForm = z.object({
  default_generation_settings: z.object({ n_ctx: z.int().positive() }),
  model_path: word,
});
const studioForm = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: word,
      quantization: word,
      max_context_length: tokens,
      loaded_context_length: tokens,
    }),
  ),
});

/** Models that Ollama is asked about one by one; a server with more tells the rest by name only. */
const shownMax = 64;

/**
 * Finds out which server it is by what only that one answers, and what it tells of its models. Asks at most four paths,
 * and one more for each model of Ollama's. Nothing of it is needed: a server that answers none of them has no facts.
 */
export async function readLocalServerFacts(ask: AskServer): Promise<LocalServerFacts> {
  const [tags, props, studio] = await Promise.all([ask("/api/tags"), ask("/props"), ask("/api/v0/models")]);
  const ollama = tagsForm.safeParse(tags).data;
  if (ollama !== undefined)
    return factsOfOllama(
      ollama.models.map(({ name }) => name),
      ask,
    );
  const llama = propsForm.safeParse(props).data;
  if (llama !== undefined) {
    const quantization = /[-._](i?q\d\w*|bf16|f16|f32)\.gguf$/i.exec(llama.model_path ?? "")?.[1];
    const contextTokens = llama.default_generation_settings.n_ctx;
    const facts: LocalModelFacts = { contextTokens, ...(quantization !== undefined && { quantization }) };
    return { kind: "llama_cpp", of: () => facts };
  }
  const listed = studioForm.safeParse(studio).data?.data;
  if (listed === undefined) return { kind: "openai_compatible", of: () => ({}) };
  const byName = new Map(
    listed.map(({ id, type, quantization, max_context_length: most, loaded_context_length: loaded }) => [
      id,
      {
        ...(loaded !== undefined && { contextTokens: loaded }),
        ...(most !== undefined && { contextTokensMax: most }),
        ...(quantization !== undefined && { quantization }),
        isEmbedder: type === "embeddings",
      } satisfies LocalModelFacts,
    ]),
  );
  return { kind: "lm_studio", of: (model) => byName.get(model) ?? {} };
}

async function factsOfOllama(names: readonly string[], ask: AskServer): Promise<LocalServerFacts> {
  const running = new Map(
    (runningForm.safeParse(await ask("/api/ps")).data?.models ?? []).map((each) => [each.name, each.context_length]),
  );
  const shown = await Promise.all(
    names.slice(0, shownMax).map(async (name): Promise<readonly [string, LocalModelFacts]> => {
      const show = showForm.safeParse(await ask("/api/show", { model: name })).data;
      const set = Number(/^num_ctx\s+(\d+)/m.exec(show?.parameters ?? "")?.[1] ?? Number.NaN);
      const served = running.get(name) ?? (Number.isSafeInteger(set) && set > 0 ? set : undefined);
      const [, most] = Object.entries(show?.model_info ?? {}).find(([key]) => key.endsWith(".context_length")) ?? [];
      const quantization = show?.details?.quantization_level;
      return [
        name,
        {
          ...(served !== undefined && { contextTokens: served }),
          ...(typeof most === "number" && { contextTokensMax: most }),
          ...(quantization !== undefined && { quantization }),
          isEmbedder: show?.capabilities !== undefined && !show.capabilities.includes("completion"),
        },
      ];
    }),
  );
  const byName = new Map(shown);
  return { kind: "ollama", of: (model) => byName.get(model) ?? byName.get(`${model}:latest`) ?? {} };
}
