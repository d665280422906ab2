import type { ModelEntry, PriceBook } from "@larder/contracts";
import { cohenKappa, mean } from "@larder/statistics";
import { armReport } from "./arm-report.ts";
import { compareArms, savedPerQuestion, sum, toUsd } from "./compare-arms.ts";
import { corpusSizeOf } from "./corpus-size.ts";
import { atEqualQuality } from "./equal-quality.ts";
import type { Figures, Pricing } from "./figures.ts";
import { figuresOf } from "./figures.ts";
import { headlineOf } from "./headline.ts";
import { headlineComparator } from "./headline-comparator.ts";
import { occupancyOf } from "./occupancy.ts";
import { hasNoCacheRead } from "./pasted-clause.ts";
import type { QuestionSet } from "./question-set.ts";
import type { JournalState } from "./read-journal.ts";
import { observationsOf } from "./read-journal.ts";
import { randomClosedFormArea, recallCurves } from "./recall-curves.ts";
import type { RunRegistration } from "./registration.ts";
import { isAsking, runIdOf } from "./registration.ts";
import type { ArmReport, Comparison, SavingsReport } from "./report-schema.ts";
import { isBudgeted, nameOfArm, ourArm } from "./run-arms.ts";
import type { RunArm } from "./run-ports.ts";

export interface RunFacts {
  readonly registration: RunRegistration;
  readonly set: QuestionSet;
  readonly journal: JournalState;
  /** When the last question was measured; absent while it is not. */
  readonly finishedAtMs?: number;
  readonly arms: readonly Pick<RunArm, "id" | "infeasible">[];
  readonly priceBook: Pick<PriceBook, "price" | "find" | "id" | "asOf">;
  /** @defaultValue 10,000 */
  readonly resamples?: number;
}

/** What a run found so far, as the report that is published. Pure; the same journal gives the same report. */
export function summariseRun(facts: RunFacts): SavingsReport {
  const { registration, set, journal, arms, priceBook } = facts;
  const { seed, margin, metric, budgets, primaryBudget } = registration;
  const observations = observationsOf(journal);
  const pricing = pricingOf(registration, priceBook);
  const entry = pricing && priceBook.find(pricing.provider, pricing.model);
  const feasible = registration.arms.filter((id) => arms.find((arm) => arm.id === id)?.infeasible === undefined);
  const all = feasible.flatMap((arm) =>
    (isBudgeted(arm) ? budgets : [null]).map((budget) =>
      figuresOf(registration, set.questions, { arm, budget }, observations, pricing),
    ),
  );
  const figuresAt = (arm: string, budget: number | null): Figures | undefined =>
    all.find((figures) => figures.arm === arm && figures.budget === budget);
  const ours = figuresAt(ourArm, primaryBudget);
  const isComplete = facts.finishedAtMs !== undefined;
  const options = {
    ...{ margin, seed, isComplete },
    ...(facts.resamples === undefined ? {} : { resamples: facts.resamples }),
  };
  const compared = registration.arms
    .filter((arm) => arm !== ourArm)
    .flatMap((arm): Comparison[] => {
      const infeasible = arms.find(({ id }) => id === arm)?.infeasible;
      if (infeasible !== undefined) return [infeasibleComparison(arm, infeasible, primaryBudget)];
      const theirs = figuresAt(arm, isBudgeted(arm) ? primaryBudget : null);
      if (ours === undefined || theirs === undefined || ours.questions.length === 0) return [];
      const atQuality = atEqualQuality(
        all.filter((figures) => figures.arm === ourArm && figures.questions.length > 0),
        theirs,
        options,
      );
      return [{ ...compareArms(ours, theirs, options), at_equal_quality: atQuality }];
    });
  const reports = all.filter(({ questions }) => questions.length > 0).map((each) => armReport(each, metric, seed));
  const asked = isAsking(registration);
  const money = reports.some(({ cost_usd }) => cost_usd !== null);
  const answered = observations.flatMap((one) => (one.kind === "answered" ? [one] : []));
  const pairs = answered.flatMap(({ quality, judgedAgain }) =>
    judgedAgain === undefined ? [] : [[quality === 1, judgedAgain] as const],
  );
  const comparator = headlineComparator(compared, reports);
  const pasted =
    compared.find(({ baseline, savings }) => baseline === "stuff_cached" && savings !== null) ?? comparator;
  const perQuery = pasted && figuresAt(pasted.baseline, pasted.baseline_budget_tok);
  const judgeCost = answered.reduce((total, one) => total + (one.judgeCost ?? 0n), 0n);
  const spent = answered.reduce((total, one) => total + (one.cost ?? one.worstCost), 0n);
  const shared = {
    preregistered: toPreregistered(registration),
    scope: toScope(registration, entry),
    arms: reports,
    comparisons: compared,
    infeasible: arms.flatMap(({ id, infeasible }) => (infeasible === undefined ? [] : [{ arm: id, ...infeasible }])),
    is_complete: isComplete,
    quality_basis: "measured_paired" as const,
    money_basis: money ? (asked ? ("measured_paired" as const) : ("modelled_local" as const)) : null,
  };
  return {
    schema: "larder.savings/1",
    run_id: runIdOf(registration),
    finished_at: facts.finishedAtMs === undefined ? null : new Date(facts.finishedAtMs).toISOString(),
    basis: asked ? "measured_paired" : "modelled_local",
    headline: headlineOf(shared, comparator),
    ...shared,
    counts: {
      source:
        asked && answered.every(({ source, errorCode }) => source === "provider" || errorCode !== undefined)
          ? "provider_usage"
          : "local_count",
      counter: registration.parts.tokenCounter,
    },
    price_book: { version: priceBook.id, as_of: priceBook.asOf },
    ladder: ladderOf(reports, primaryBudget),
    curves: [...recallCurves(registration, set.questions, observations)],
    random_closed_form_auc_log: randomClosedFormArea(registration),
    per_query_saved: ours === undefined || perQuery === undefined ? null : toPerQuery(ours, perQuery),
    corpus_size: ours === undefined ? null : corpusSizeFor(ours, entry),
    occupancy:
      ours === undefined ? null : occupancyOf(ours, entry?.contextTokens ?? null, registration.outputTokensMax),
    judge_noise: metric === "judge" ? cohenKappa(pairs) : null,
    measurement_cost_usd: toUsd(Number(spent + judgeCost)),
    judge_cost_usd: toUsd(Number(judgeCost)),
    warnings: warningsOf(facts, compared, shared),
  };
}

function pricingOf({ model }: RunRegistration, priceBook: RunFacts["priceBook"]): Pricing | undefined {
  if (model === undefined) return undefined;
  const at = model.indexOf("/");
  return { priceBook, provider: model.slice(0, at), model: model.slice(at + 1) };
}

function infeasibleComparison(
  arm: Comparison["baseline"],
  { kind, reason }: NonNullable<RunArm["infeasible"]>,
  primaryBudget: number,
): Comparison {
  return {
    baseline: arm,
    baseline_budget_tok: null,
    our_budget_tok: primaryBudget,
    n: 0,
    clusters: 0,
    feasible: false,
    reason,
    noninferior: null,
    savings: null,
    at_equal_quality: null,
    concentration_top1pct_ratio: null,
    decided_by: null,
    verdict: kind === "window" ? "capability_only" : "not_established",
    because: reason,
  };
}

function toPerQuery(ours: Figures, theirs: Figures): SavingsReport["per_query_saved"] {
  const { unit, values } = savedPerQuestion(ours, theirs);
  const scale = unit === "usd" ? 1e-9 : 1;
  return { baseline: theirs.arm, unit, values: values.map((value) => scale * value).toSorted((a, b) => a - b) };
}

function corpusSizeFor({ observations }: Figures, entry: ModelEntry | undefined): SavingsReport["corpus_size"] {
  const ourInput = mean(observations.map(({ observation }) => observation.promptTokens));
  const question = mean(observations.map(({ observation }) => observation.promptTokens - observation.evidenceTokens));
  const output = mean(observations.map(({ tokens }) => tokens.outputText + tokens.outputReasoning));
  return corpusSizeOf(entry, { ourInput, question: Math.max(0, question), output });
}

const ladderSteps = ["stuff_cold", "stuff_cached", "top_document", "lexical_passages", "naive_rag", "larder"] as const;

function ladderOf(reports: readonly ArmReport[], primaryBudget: number): SavingsReport["ladder"] {
  return ladderSteps.flatMap((arm) => {
    const report = reports.find(({ id, budget_tok }) => id === arm && (budget_tok ?? primaryBudget) === primaryBudget);
    if (report?.usd_per_1k == null) return [];
    return [{ step: nameOfArm(arm), arm, usd_per_1k: report.usd_per_1k, is_ours: arm === ourArm }];
  });
}

function toPreregistered(registration: RunRegistration): SavingsReport["preregistered"] {
  const { set, arms, budgets, primaryBudget, metric, margin, runs, seed, outputTokensMax } = registration;
  return {
    set_name: set.name,
    set_sha256: set.sha256,
    is_synthetic: set.isSynthetic,
    n: set.questions,
    clusters: set.clusters,
    ...{ arms, metric, runs, seed },
    budgets_tok: budgets,
    primary_budget_tok: primaryBudget,
    margin_ratio: margin,
    output_tok_max: outputTokensMax,
  };
}

function toScope({ model, judge, corpus, parts }: RunRegistration, entry: ModelEntry | undefined) {
  const window = entry?.contextTokens ?? null;
  return {
    model: model ?? null,
    judge: judge ?? null,
    window_in_tok: window,
    corpus_name: corpus.name,
    corpus_tok: corpus.tokens,
    corpus_documents: corpus.documents,
    corpus_sha256: corpus.sha256,
    corpus_fits: window === null ? null : corpus.tokens <= window,
    retriever: parts.retriever,
    embedder: parts.embedder,
    prompt: parts.prompt,
  };
}

const clustersMin = 10; // below it, intervals by redrawn documents are a guess

function warningsOf(
  { registration, finishedAtMs }: RunFacts,
  comparisons: readonly Comparison[],
  report: Pick<SavingsReport, "arms" | "money_basis">,
): string[] {
  const outliers = comparisons.filter(({ concentration_top1pct_ratio: top }) => top !== null && top > 0.5);
  const unknown = sum(report.arms.map(({ cost_unknown }) => cost_unknown));
  const { set, model } = registration;
  return [
    ...(finishedAtMs === undefined ? ["The run is not finished; nothing is established yet."] : []),
    ...(set.isSynthetic ? ["The questions are synthetic: nobody asked them. Real questions are harder."] : []),
    ...(set.clusters < clustersMin
      ? [`Only ${set.clusters} documents are asked about; intervals over them are rough.`]
      : []),
    ...(model === undefined ? ["No model is named, so nothing has a price; tokens alone are compared."] : []),
    ...(unknown > 0 ? [`${unknown} bills are not known; they count against Larder.`] : []),
    ...(hasNoCacheRead(report)
      ? [`No cache read happened in "${nameOfArm("stuff_cached")}": what it was billed is no warm cache's price.`]
      : []),
    ...outliers.map(
      ({ baseline }) => `Most of the saving against ${nameOfArm(baseline)} comes from 1 % of the questions.`,
    ),
  ];
}
