import { seededRandom } from "@larder/statistics";
import { compareArms } from "./compare-arms.ts";
import type { Figures } from "./figures.ts";
import type { RunQuestion } from "./question-set.ts";

/** What is true in a simulated world; the experiment does not know it. */
export interface SimulatedWorld {
  readonly questions: number;
  readonly clusters: number;
  /** Share of right answers of the arm that is compared with. */
  readonly theirQuality: number;
  /** Ours less theirs. */
  readonly qualityDifference: number;
  /** Share of the questions on which the two differ for no reason, half of them either way. */
  readonly noise: number;
  /** Our expected cost as a share of theirs. */
  readonly costShare: number;
  readonly margin: number;
}

export interface SimulationResult {
  readonly experiments: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Share of the 95 % intervals of the saving that hold the true one. */
  readonly coverage: number;
}

const lowMeanCost = 1_000_000;

/**
 * Experiments in a world whose truth is known, through the same comparison as a real run: how often it says what. Costs
 * are log-normal, and each cluster has an offset of its own in cost and in quality.
 */
export function simulateRuns(
  world: SimulatedWorld,
  {
    experiments,
    seed,
    resamples = 400,
  }: { readonly experiments: number; readonly seed: number; readonly resamples?: number },
): SimulationResult {
  const random = seededRandom(seed);
  const verdicts: Record<string, number> = {};
  let held = 0;
  for (let i = 0; i < experiments; i += 1) {
    const [ours, theirs] = drawExperiment(world, random);
    const options = { margin: world.margin, seed: seed + i + 1, isComplete: true, resamples };
    const { verdict, savings } = compareArms(ours, theirs, options);
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    const [low, high] = savings?.usd?.ci ?? [null, null];
    const truth = 1 - world.costShare;
    if ((low ?? Number.NEGATIVE_INFINITY) <= truth && (high ?? Number.POSITIVE_INFINITY) >= truth) held += 1;
  }
  return { experiments, verdicts, coverage: held / experiments };
}

function drawExperiment(world: SimulatedWorld, random: () => number): readonly [Figures, Figures] {
  const offsets = Array.from({ length: world.clusters }, () => 0.3 * normal(random));
  const rows = Array.from({ length: world.questions }, (_, i) => {
    const cluster = i % world.clusters;
    const common = (offsets[cluster] ?? 0) + 0.5 * normal(random);
    const cost = (share: number): number => share * lowMeanCost * Math.exp(common + 0.4 * normal(random));
    const theirs = random() < world.theirQuality ? 1 : 0;
    return {
      cluster,
      theirs,
      ours: flipped(theirs, world, random),
      ourCost: cost(world.costShare),
      theirCost: cost(1),
    };
  });
  const questions = rows.map(({ cluster }, i): RunQuestion => {
    return { id: `q${i}`, text: "", answers: [], gold: [], cluster: `d${cluster}` };
  });
  const figures = (arm: Figures["arm"], quality: readonly number[], cost: readonly number[]): Figures => ({
    ...{ arm, budget: null, questions, quality, cost, tokens: cost },
    totalMs: undefined,
    costByRun: undefined,
    observations: [],
  });
  return [
    figures(
      "larder",
      rows.map(({ ours }) => ours),
      rows.map(({ ourCost }) => ourCost),
    ),
    figures(
      "stuff_cached",
      rows.map(({ theirs }) => theirs),
      rows.map(({ theirCost }) => theirCost),
    ),
  ];
}

/** Our answer, given theirs: flips that cancel out, and those that make the difference in the mean. */
function flipped(
  theirs: number,
  { noise, theirQuality, qualityDifference }: SimulatedWorld,
  random: () => number,
): number {
  const up = Math.max(0, qualityDifference) / Math.max(1e-9, 1 - theirQuality);
  const down = Math.max(0, -qualityDifference) / Math.max(1e-9, theirQuality);
  const noiseUp = noise / 2 / Math.max(1e-9, 1 - theirQuality);
  const noiseDown = noise / 2 / Math.max(1e-9, theirQuality);
  const isFlipped = random() < (theirs === 1 ? down + noiseDown : up + noiseUp);
  return isFlipped ? 1 - theirs : theirs;
}

/** @source Box, Muller: A note on the generation of random normal deviates, 1958 */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
