import type { ModelEntry } from "@larder/contracts";
import type { SavingsReport } from "./report-schema.ts";

/** What a cached token costs of a fresh one, at today's providers. @source reference prices of 2026-11, docs/guides/savings-runs.md */
const readMultipliers = [0.02, 0.025, 0.05, 0.1] as const;

const corpusSizes = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000] as const;

/**
 * What Larder's prompt would save against pasting a corpus whose cache is always warm, by the corpus' size: modelled, at
 * the model's own rates of input and output, without tiers. Break-even is where the corpus' cached tokens cost what the
 * evidence costs fresh: `evidence input / multiplier`.
 */
export function corpusSizeOf(
  model: ModelEntry | undefined,
  { ourInput, question, output }: { readonly ourInput: number; readonly question: number; readonly output: number },
): SavingsReport["corpus_size"] {
  if (model?.rates == null) return null;
  const input = Number(model.rates.inputFresh);
  const ours = ourInput * input + output * Number(model.rates.outputText);
  if (input === 0) return null;
  return {
    our_input_tok: ourInput,
    output_tok: output,
    cliffs_tok: model.tiers.map(({ inputTokens }) => inputTokens),
    lines: readMultipliers.map((multiplier) => ({
      read_multiplier: multiplier,
      breakeven_corpus_tok: Math.max(0, ourInput - question) / multiplier,
      points: corpusSizes.map((corpus) => {
        const theirs = (corpus * multiplier + question) * input + output * Number(model.rates?.outputText);
        return { corpus_tok: corpus, saved_ratio: 1 - ours / theirs };
      }),
    })),
  };
}
