/** `npm run sim:savings`: how often a measured run says what, in worlds whose truth is known; see docs/guides/savings-runs.md. */
import type { SimulatedWorld } from "@larder/savings-runs";
import { simulateRuns } from "@larder/savings-runs";

const base: SimulatedWorld = {
  ...{ questions: 300, clusters: 40, theirQuality: 0.8, qualityDifference: 0, noise: 0.05, costShare: 1 },
  margin: 0.02,
};
const worlds: readonly (readonly [string, Partial<SimulatedWorld>])[] = [
  ["nothing: same price, same quality", {}],
  ["nothing: same price, margin so wide that quality always passes", { margin: 0.3 }],
  ["nothing: the same, 8 documents", { margin: 0.3, clusters: 8 }],
  ["nothing: half the price, worse by just the margin of 2 points", { costShare: 0.5, qualityDifference: -0.02 }],
  ["nothing: the same, 60 questions", { costShare: 0.5, qualityDifference: -0.02, questions: 60, clusters: 30 }],
  ["nothing: the same, margin of 5 points", { costShare: 0.5, qualityDifference: -0.05, margin: 0.05 }],
  ["half the price, same quality, margin 2", { costShare: 0.5 }],
  ["half the price, same quality, margin 5", { costShare: 0.5, margin: 0.05 }],
  ["half the price, same quality, margin 5, 100 questions", { costShare: 0.5, margin: 0.05, questions: 100 }],
  ["half the price, same quality, margin 2, 2,000 questions", { costShare: 0.5, questions: 2_000, clusters: 200 }],
  ["a tenth cheaper, same quality, margin 5", { costShare: 0.9, margin: 0.05 }],
  ["a fifth dearer", { costShare: 1.2 }],
];
const experiments = Number(process.argv[2] ?? 1_000);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

process.stdout.write(
  "| truth | saves | costs_more | no effect | not established | interval holds the truth |\n|---|---|---|---|---|---|\n",
);
for (const [name, change] of worlds) {
  const { verdicts, coverage } = simulateRuns(
    { ...base, ...change },
    { experiments, seed: 20_261_127, resamples: 1_000 },
  );
  const shares = ["saves", "costs_more", "no_measurable_effect", "not_established"].map((verdict) =>
    percent((verdicts[verdict] ?? 0) / experiments),
  );
  process.stdout.write(`| ${name} | ${shares.join(" | ")} | ${percent(coverage)} |\n`);
}
