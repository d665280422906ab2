import type { Calibration, TokensForRecall } from "@larder/evaluation";
import { areasOf, calibrationOf, fitListwise, meanCurve, recallCurve } from "@larder/evaluation";
import { sentenceWeights, sharpness } from "@larder/retriever";
import type { PairedDifference } from "@larder/statistics";
import { bootstrapDifference, differencesOf, mean, tokensForRecall } from "@larder/statistics";
import type { JudgedSet } from "./judge-set.ts";
import { featureNames } from "./judge-set.ts";

/** One choice of weights. */
export interface WeightChoice {
  /** `present`, `all sets`, or `without` the set that was left out of the fit. */
  readonly name: string;
  /** By feature, adding up to 1. */
  readonly weights: Readonly<Record<string, number>>;
  readonly sharpness: number;
}

/** How one choice does on one set. */
export interface ChoiceOnSet extends Pick<TokensForRecall, "t80" | "t90"> {
  readonly set: string;
  readonly choice: string;
  /** Mean recall over the logarithm of the budget. */
  readonly area: number;
  /** Area less that of the present weights, question by question, clustered by document. */
  readonly gain: PairedDifference;
  readonly calibration: readonly Calibration[];
}

export interface SentenceFit {
  readonly questions: Readonly<Record<string, number>>;
  readonly choices: readonly WeightChoice[];
  readonly onSets: readonly ChoiceOnSet[];
}

const predictions = [0.8, 0.9, 0.95];

/**
 * Fits to all sets together and, with two sets or more, to all but each one; every choice is judged on every set that it
 * may be judged on: what was fitted without a set, on that set alone.
 */
export function fitSets(sets: readonly JudgedSet[]): SentenceFit {
  const fit = (fitted: readonly JudgedSet[]) =>
    fitListwise(
      fitted.flatMap(({ lists }) => lists),
      featureNames.length,
    );
  const present = featureNames.map((name) => sharpness * sentenceWeights[name]);
  const general = [
    { name: "present", raw: present },
    { name: "all sets", raw: fit(sets) },
  ];
  const leftOut =
    sets.length < 2
      ? []
      : sets.map((left) => ({
          ...{ name: `without ${left.name}`, set: left.name },
          raw: fit(sets.filter((set) => set !== left)),
        }));
  return {
    questions: Object.fromEntries(sets.map(({ name, lists }) => [name, lists.length])),
    choices: [...general, ...leftOut].map(({ name, raw }) => toChoice(name, raw)),
    onSets: sets.flatMap((set) =>
      [...general, ...leftOut.filter((choice) => choice.set === set.name)].map(({ name, raw }) =>
        judgeOn(set, name, raw, present),
      ),
    ),
  };
}

function toChoice(name: string, raw: readonly number[]): WeightChoice {
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = featureNames.map((feature, j) => [feature, (raw[j] ?? 0) / sum] as const);
  return { name, weights: Object.fromEntries(weights), sharpness: sum };
}

function judgeOn(
  { name: set, lists, clusters }: JudgedSet,
  choice: string,
  raw: readonly number[],
  present: readonly number[],
): ChoiceOnSet {
  const curve = meanCurve(lists.map((list) => recallCurve(list, raw)));
  const areas = areasOf(lists, raw);
  const [t80, t90] = [0.8, 0.9].map((recall) => tokensForRecall(curve, recall));
  return {
    set,
    choice,
    area: mean(areas),
    gain: bootstrapDifference(differencesOf(areas, areasOf(lists, present), clusters)),
    ...(t80 === undefined ? {} : { t80 }),
    ...(t90 === undefined ? {} : { t90 }),
    calibration: predictions.map((predicted) => calibrationOf(lists, raw, predicted)),
  };
}
