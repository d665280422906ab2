import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelEntry } from "@larder/contracts";
import { formatUsdPerMTok, parseUsdPerToken } from "@larder/contracts";
import { parseProvidersFile } from "@larder/generator-router";
import { benchRouter } from "./bench-router.ts";
import { enumerate } from "./exhaustive.ts";
import { cheapestOf, Overspend, peerRules, pickBy } from "./peer-rules.ts";

/** Hosts with the most chat models that have both prices; resellers of clouds left out. */
const hosts = [
  ...["openai", "anthropic", "gemini", "xai", "mistral", "deepseek", "groq", "together_ai", "fireworks_ai"],
  ...["moonshot", "cohere_chat", "cerebras", "perplexity"],
];
const shapes = [
  { what: "RAG 6,000/400, no cache", input: 6_000, output: 400, cached: 0 },
  { what: "RAG 6,000/400, 50 % cached", input: 6_000, output: 400, cached: 0.5 },
  { what: "RAG 20,000/300, 80 % cached", input: 20_000, output: 300, cached: 0.8 },
  { what: "chat 500/500", input: 500, output: 500, cached: 0 },
  { what: "summary 250,000/1,000", input: 250_000, output: 1_000, cached: 0 },
];

/** Four random models a draw, as routers are given them: our choice and the peers' against enumeration. */
export async function liteLlmStudy(folder: string, draws: number, random: () => number): Promise<void> {
  const models = readModels(folder);
  console.log(
    `\nLiteLLM's chat models of ${hosts.length} hosts: ${models.length}; 4 candidates a draw, ${draws} draws`,
  );
  const { router, hits, warm, today } = benchRouter(models);
  for (const entry of models) if (entry.cache !== null) await warm(entry, 8);
  for (const { what, input, output, cached } of shapes) {
    const shape = {
      inputTokens: input,
      stablePrefixTokens: Math.floor(input * cached),
      outputTokensMax: output,
      outputTokensExpected: output,
      needs: [],
    };
    const own = new Overspend();
    const peers = Object.entries(peerRules).map(([name, rule]) => ({ name, rule, spent: new Overspend() }));
    for (let draw = 0; draw < draws; draw++) {
      const four = drawFour(models, random);
      const policy = { models: four.map(({ provider, model }) => `${provider}/${model}`) };
      const eligible = enumerate(four, { shape, policy }, hits, today);
      const cheapest = cheapestOf(eligible);
      if (cheapest === undefined) continue;
      const [first] = router.quote(shape, policy).candidates;
      own.add(eligible.find(({ entry }) => isSame(entry, first))?.cost ?? -1n, cheapest);
      for (const { rule, spent } of peers) spent.add(pickBy(rule, eligible)?.cost ?? cheapest, cheapest);
    }
    console.log(what);
    console.log(`  Larder: ${own}`);
    for (const { name, spent } of peers) console.log(`  ${name}: ${spent}`);
  }
}

const isSame = (a: ModelEntry, b: { readonly provider: string; readonly model: string } | undefined) =>
  a.provider === b?.provider && a.model === b.model;

function drawFour(models: readonly ModelEntry[], random: () => number): readonly ModelEntry[] {
  const drawn = new Set<ModelEntry>();
  while (drawn.size < 4) {
    const entry = models[Math.floor(random() * models.length)];
    if (entry !== undefined) drawn.add(entry);
  }
  return [...drawn];
}

/** Windows are set wide open: the study is of prices, and a window would only shrink the draw. */
function readModels(folder: string): readonly ModelEntry[] {
  const file = readdirSync(folder)
    .filter((name) => /^litellm-.*\.json$/.test(name))
    .toSorted()
    .at(-1);
  if (file === undefined) throw new Error(`no litellm-*.json in ${folder}`);
  const rows = Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, Row>);
  const providers = hosts.map((id) => ({
    id,
    base_url: "http://127.0.0.1:1",
    models: rows
      .filter(([, row]) => row.litellm_provider === id && row.mode === "chat" && isPriced(row))
      .map(([name, row]) => toForm(name, row)),
  }));
  return parseProvidersFile(JSON.stringify({ providers }), { environment: {}, changedOn: "2026-08-01" }).flatMap(
    (setup) => setup.models,
  );
}

type Row = Readonly<Record<string, unknown>>;
const isPriced = (row: Row) => Number(row.input_cost_per_token) > 0 && Number(row.output_cost_per_token) > 0;
const usd = (value: unknown) => formatUsdPerMTok(parseUsdPerToken(String(value)) ?? (0n as never));

function toForm(id: string, row: Row) {
  const prices = (suffix: string) => {
    const read = row[`cache_read_input_token_cost${suffix}`];
    return {
      input: usd(row[`input_cost_per_token${suffix}`]),
      output: usd(row[`output_cost_per_token${suffix}`] ?? row.output_cost_per_token),
      ...(Number(read) > 0 && { input_cache_read: usd(read) }),
    };
  };
  const lines = Object.keys(row).flatMap((name) => /^input_cost_per_token_above_(\d+)k_tokens$/.exec(name)?.[1] ?? []);
  const line = row.litellm_provider === "xai" ? "from_input_tokens" : "above_input_tokens";
  return {
    id,
    context_tokens: 10_000_000,
    price_usd_per_mtok: prices(""),
    tiers: lines.map((each) => ({
      [line]: Number(each) * 1_000,
      price_usd_per_mtok: prices(`_above_${each}k_tokens`),
    })),
    cache: Number(row.cache_read_input_token_cost) > 0 ? { min_prefix_tokens: 1, ttl_ms: 300_000 } : null,
  };
}
