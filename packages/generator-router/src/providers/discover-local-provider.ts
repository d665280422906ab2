import type { Call, ModelEntry, Secret } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { z } from "zod";
import { fromConnection, fromStatus } from "../openai/classify-failure.ts";
import { plainWire } from "../openai/wire-dialect.ts";
import type { LocalCosts } from "./local-rates.ts";
import { localRates } from "./local-rates.ts";
import { readLocalServerFacts } from "./local-server-facts.ts";
import type { ProviderSetup } from "./provider-setup.ts";

export interface LocalProviderOptions {
  /** Base URL of an OpenAI-compatible server; `/v1` is added to one without a path. */
  readonly baseUrl: string;
  /** @defaultValue "local" */
  readonly id?: string;
  readonly key?: Secret;
  /** Longest wait for the list of models. @defaultValue 2000 */
  readonly timeoutMs?: number;
  /**
   * Window of a model whose server does not tell it. A guess that is too large cuts evidence off in silence on some
   * servers, so it is small. @defaultValue 8192
   */
  readonly contextTokensDefault?: number;
  /** Absent: it costs exactly nothing. */
  readonly costs?: LocalCosts;
  /** ISO date, for the source of the zero price. */
  readonly today: string;
}

const tokens = z.int().positive().optional().catch(undefined);
const listForm = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      /** vLLM; then LM Studio and gateways; then Groq-like servers. llama.cpp tells the window it was started with. */
      max_model_len: tokens,
      context_length: tokens,
      context_window: tokens,
      meta: z.object({ n_ctx: tokens }).nullish().catch(undefined),
    }),
  ),
});

/** Names of models that embed or rank and do not chat: servers list them beside the others. */
const notForChat = /embed|rerank|bge-|minilm|whisper|clip/i;

/**
 * Asks Ollama, llama.cpp, vLLM or LM Studio what it serves. Its models cost nothing, have no known quality, and are
 * taken to follow a JSON schema, which all four servers enforce while decoding.
 * @throws {@link LarderError} `PROVIDER_UNREACHABLE`, `PROVIDER_TIMED_OUT`, `PROVIDER_REPLY_MALFORMED` and the rest
 */
export async function discoverLocalProvider(options: LocalProviderOptions, call: Call): Promise<ProviderSetup> {
  const { id = "local", key, contextTokensDefault = 8_192 } = options;
  const baseUrl = withVersion(options.baseUrl);
  const [list, facts] = await Promise.all([fetchModels(baseUrl, options, call), factsOf(baseUrl, options, call)]);
  const source = { name: "local server", asOf: options.today };
  const models = list.data
    .filter((model) => !notForChat.test(model.id) && facts.of(model.id).isEmbedder !== true)
    .map((model): ModelEntry => {
      const { contextTokens, contextTokensMax = contextTokensDefault, quantization } = facts.of(model.id);
      return {
        provider: id,
        model: model.id,
        isLocal: true,
        regions: [],
        contextTokens:
          contextTokens ??
          model.max_model_len ??
          model.context_length ??
          model.context_window ??
          model.meta?.n_ctx ??
          Math.min(contextTokensMax, contextTokensDefault),
        outputTokensMax: null,
        ...(quantization !== undefined && { quantization }),
        rates: localRates(options.costs),
        tiers: [],
        cache: null,
        capabilities: ["system_prompt", "json_object", "json_schema"],
        quality: null,
        sources: [source],
      };
    });
  return { id, baseUrl, isLocal: true, isKeyNeeded: false, ...(key && { key }), wire: plainWire, models };
}

/** What the server's own paths tell; whatever they do not answer is left out. */
function factsOf(baseUrl: string, { key, timeoutMs = 2_000 }: LocalProviderOptions, call: Call) {
  const root = baseUrl.replace(/\/v1$/, "");
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
  return readLocalServerFacts(async (path, body) => {
    const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key.reveal()}` }) };
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    try {
      const response = await fetch(root + path, { headers, signal, redirect: "error", ...sent });
      const text = await response.text();
      return response.ok ? JSON.parse(text) : undefined;
    } catch {
      return undefined; // another kind of server, or none: the list of models tells which
    }
  });
}

async function fetchModels(baseUrl: string, { key, timeoutMs = 2_000 }: LocalProviderOptions, call: Call) {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const headers = { ...(key && { authorization: `Bearer ${key.reveal()}` }) };
    const signal = AbortSignal.any([call.signal, timeout]);
    const response = await fetch(`${baseUrl}/models`, { headers, signal, redirect: "error" });
    const text = await response.text();
    if (!response.ok) throw fromStatus(response.status, undefined);
    return listForm.parse(JSON.parse(text));
  } catch (thrown) {
    if (call.signal.aborted) throw call.signal.reason;
    if (LarderError.is(thrown)) throw thrown;
    if (timeout.aborted) throw new LarderError("PROVIDER_TIMED_OUT", { details: { timeoutMs }, cause: thrown });
    if (thrown instanceof SyntaxError || thrown instanceof z.ZodError) {
      throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "not_a_model_list" }, cause: thrown });
    }
    throw fromConnection(thrown);
  }
}

function withVersion(baseUrl: string): string {
  const trimmed = baseUrl.replace(/\/+$/, "");
  return URL.canParse(trimmed) && new URL(trimmed).pathname === "/" ? `${trimmed}/v1` : trimmed;
}
