import type { Call } from "@larder/contracts";
import { createPriceBook, parseProvidersFile } from "@larder/generator-router";
import type { ConductPorts, QuestionSet, RunArm, RunRegistration, SavingsReport } from "@larder/savings-runs";
import { conductRun, questionSetSha256 } from "@larder/savings-runs";

const call: Call = { signal: new AbortController().signal };
const corpusTokens = 50_000;

/** $1 a million in, $0.05 read from the cache, $5 out: the first line of the reference's table. */
const model = {
  id: "terra",
  context_tokens: 1_050_000,
  price_usd_per_mtok: { input: "1", input_cache_read: "0.05", input_cache_write: "1.25", output: "5" },
};

/** Finds the gold in so many tokens. */
function armOf(id: RunArm["id"], tokens: number): RunArm {
  return {
    id,
    find: async ({ gold }) => ({
      pieces: gold.map((span) => ({ ...span, title: id, text: "x".repeat(span.end - span.start) })),
      tokens,
    }),
  };
}

const set: QuestionSet = {
  name: "a corpus of 50,000 tokens",
  isSynthetic: false,
  questions: Array.from({ length: 240 }, (_, i) => ({
    id: `q${i}`,
    text: `Question ${i}?`,
    answers: [`answer ${i}`],
    gold: [{ documentId: `d${i % 40}`, start: 10 * i, end: 10 * i + 10 }],
    cluster: `d${i % 40}`,
  })),
};

const registration: RunRegistration = {
  form: "larder.savings-run/1",
  set: { name: set.name, sha256: questionSetSha256(set), questions: 240, clusters: 40, isSynthetic: false },
  corpus: { name: "kb", documents: 40, tokens: corpusTokens, sha256: "c" },
  arms: ["larder", "lexical_passages", "stuff_cached", "stuff_cold"],
  budgets: [4_096],
  primaryBudget: 4_096,
  metric: "evidence_recall",
  margin: 0.02,
  runs: 1,
  seed: 7,
  model: "acme/terra",
  judgedTwice: 0,
  outputTokensMax: 300,
  parts: { retriever: "r", embedder: "e", tokenCounter: "fixed", prompt: "p", priceBook: "b" },
};

/** A real run over scripted evidence: 4,000 tokens of it, or all 50,000, and 600 of instructions and question. */
export async function costsMoreReport(): Promise<SavingsReport> {
  const providers = [{ id: "acme", base_url: "http://127.0.0.1:9/v1", models: [model] }];
  const setups = parseProvidersFile(JSON.stringify({ providers }), { environment: {}, changedOn: "2026-11-24" });
  const records: unknown[] = [];
  let now = 0;
  const ports: ConductPorts = {
    arms: [
      armOf("larder", 4_000),
      armOf("lexical_passages", 4_000),
      armOf("stuff_cached", corpusTokens),
      armOf("stuff_cold", corpusTokens),
    ],
    journals: {
      open: async () => ({
        registration,
        records: [],
        append: async (...more) =>
          void records.push(...more.map((record): unknown => JSON.parse(JSON.stringify(record)))),
        close: async () => undefined,
      }),
      read: async () => ({ registration, records }),
    },
    counter: { id: "fixed", count: () => 295 },
    priceBook: createPriceBook(setups.flatMap(({ models }) => models)),
    nowMs: () => {
      now += 1;
      return now;
    },
    wallMs: () => Date.UTC(2026, 10, 27),
  };
  const steps = conductRun(registration, set, ports, call);
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
}
