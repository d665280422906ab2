import type { EvaluationRun, PipelineScores, SetScores } from "@larder/evaluation";
import { gainOver, isBaseline, macroMeans, summariseRanking, summariseSpans, tokenShares } from "@larder/evaluation";
import type { Interval, PairedDifference } from "@larder/statistics";
import Table from "cli-table3";

/** Tables for people: whole documents, then spans, then what follows from both. */
export function renderResults({ sets }: EvaluationRun): string {
  const documents = sets.filter(({ kind }) => kind === "documents");
  const spans = sets.filter(({ kind }) => kind === "spans");
  return [
    ...(documents.length === 0 ? [] : [documentTable(documents)]),
    ...(spans.length === 0 ? [] : [firstFiveTable(spans), budgetTable(spans)]),
    ...sets.flatMap(remarks),
    ...headlines(sets),
  ].join("\n");
}

function documentTable(sets: readonly SetScores[]): string {
  const head = ["set", "pipeline", "nDCG@10", "95 % interval", "recall@3", "@5", "@10", "@20", "@100"];
  const table = newTable([...head, "MRR@10", "all gold@10", "p50 ms", "p99 ms"]);
  for (const { set, pipelines } of sets) {
    for (const scores of pipelines) {
      const of = summariseRanking(scores);
      const recalls = [of.recallAt3, of.recallAt5, of.recallAt10, of.recallAt20, of.recallAt100];
      const rest = [...recalls, of.reciprocalRankAt10, of.allGoldAt10].map(share);
      const times = [of.latencyMsP50, of.latencyMsP99].map((ms) => ms.toFixed(1));
      table.push([set, scores.pipeline, share(of.ndcgAt10.mean), range(of.ndcgAt10), ...rest, ...times]);
    }
  }
  return table.toString();
}

function firstFiveTable(sets: readonly SetScores[]): string {
  const head = ["set", "pipeline", "spans found@5", "recall@5", "95 % interval", "precision", "IoU"];
  const table = newTable([...head, "p50 ms", "p99 ms", "tokens/s"]);
  for (const { set, pipelines } of sets) {
    for (const scores of pipelines) {
      const of = summariseSpans(scores);
      const { characterRecallAt5: recall } = of;
      const costs = [of.precisionAt5, of.intersectionOverUnionAt5].map((value) => (100 * value).toFixed(1));
      const times = [of.latencyMsP50, of.latencyMsP99].map((ms) => ms.toFixed(1));
      const speed = of.tokensPerSecond?.toFixed(0) ?? "";
      const found = [share(of.spanRecallAt5.mean), share(recall.mean), range(recall)];
      table.push([set, scores.pipeline, ...found, ...costs, ...times, speed]);
    }
  }
  return table.toString();
}

function budgetTable(sets: readonly SetScores[]): string {
  const budgets = sets[0]?.pipelines[0] === undefined ? [] : summariseSpans(sets[0].pipelines[0]).curve;
  const head = ["set", "evidence recall %", ...budgets.map(({ tokenBudget }) => String(tokenBudget))];
  const table = newTable([...head, "T80", "T90", "T95", "area", "T80 spent", "T90 spent", "spent at 16k"]);
  for (const { set, pipelines } of sets) {
    for (const scores of pipelines) {
      const of = summariseSpans(scores);
      const curve = of.curve.map(({ recall }) => (100 * recall.mean).toFixed(1));
      const budgetTokens = [of.t80, of.t90, of.t95].map(tokens);
      table.push([
        set,
        scores.pipeline,
        ...curve,
        ...budgetTokens,
        share(of.area.mean),
        tokens(of.spent.t80),
        tokens(of.spent.t90),
        tokens(of.curve.at(-1)?.tokensSpent),
      ]);
    }
  }
  return table.toString();
}

/** One number for each pipeline over all sets, each set counting the same. */
function headlines(sets: readonly SetScores[]): readonly string[] {
  return macroMeans(sets)
    .filter(({ metric, sets: { length } }) => metric === "headline" && length > 1)
    .map(
      ({ pipeline, sets: { length }, mean }) =>
        `mean of ${length} sets (nDCG@10, or spans found@5): ${pipeline} ${share(mean)}`,
    );
}

function remarks({ set, kind, pipelines, abstention, passagesEmbeddedPerSecond }: SetScores): readonly string[] {
  const named = (id: string) => pipelines.find(({ pipeline }) => pipeline === id);
  const hybrid = named("hybrid");
  const metric = kind === "documents" ? "ndcgAt10" : "evidenceArea";
  const gains = pipelines.flatMap((other) => {
    if (hybrid === undefined || other === hybrid || isBaseline(other.pipeline)) return [];
    return [`${set}: hybrid less ${other.pipeline} ${signed(gainOver(hybrid, other, metric))}`];
  });
  const automatic = kind === "documents" ? [] : pipelines.flatMap((scores) => autoLine(set, scores));
  const alternatives = pipelines.filter(({ pipeline }) => pipeline === "bm25-only" || pipeline === "naive-rag");
  const shares = pipelines
    .filter(({ pipeline }) => !isBaseline(pipeline))
    .flatMap((ours) => alternatives.map((theirs) => `${set}: ${shareLine(ours, theirs)}`));
  const refusals = abstention.map(
    ({ pipeline, areaUnderRoc, falseAnswerRate }) =>
      `${set}: ${pipeline} tells answerable from unanswerable with AUROC ${share(areaUnderRoc)}, ` +
      `false answers at 95 % coverage ${share(falseAnswerRate)}`,
  );
  const speed = passagesEmbeddedPerSecond;
  const embedded = speed === undefined ? [] : [`${set}: ${speed.toFixed(0)} passages embedded per second`];
  return [...gains, ...automatic, ...shares, ...refusals, ...embedded];
}

/** What the pipeline's own budget finds and spends, beside the fixed budget of about the same limit. */
function autoLine(set: string, scores: PipelineScores): readonly string[] {
  const { auto, curve } = summariseSpans(scores);
  const fixed = curve.find(({ tokenBudget }) => tokenBudget === 4_096);
  if (auto === undefined || fixed === undefined) return [];
  const found = `${set}: ${scores.pipeline} with its own budget: recall ${share(auto.recall.mean)} (${range(auto.recall)})`;
  const held = `${(100 * (auto.recall.mean / fixed.recall.mean)).toFixed(1)} %`;
  return [
    `${found} in ${tokens(auto.tokensSpent)} tokens of text, ${held} of what a budget of 4096 finds ` +
      `(${share(fixed.recall.mean)} in ${tokens(fixed.tokensSpent)})`,
  ];
}

function shareLine(ours: PipelineScores, theirs: PipelineScores): string {
  const words = tokenShares(ours, theirs).map(({ recall, share: of, isUpperBound, interval, spentShare }) => {
    const name = `T${Math.round(100 * recall)}`;
    if (of === undefined) return `${name} not reached`;
    const bounds = interval === undefined ? "" : ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`;
    const spent = spentShare === undefined ? "" : `, of text spent ${spentShare.toFixed(2)}`;
    return `${name} ${isUpperBound ? "under " : ""}${of.toFixed(2)}${bounds}${spent}`;
  });
  return `${ours.pipeline}'s tokens as shares of ${theirs.pipeline}'s: ${words.join("; ")}`;
}

function newTable(head: readonly string[]) {
  return new Table({ head: [...head], style: { head: [], border: [], compact: true } });
}

function share(value: number): string {
  return value.toFixed(3);
}

function tokens(value: number | undefined): string {
  return value === undefined ? "> 16k" : value.toFixed(0);
}

function range({ low, high }: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function signed(difference: PairedDifference): string {
  const p = difference.p < 0.001 ? "p < .001" : `p = ${difference.p.toFixed(3)}`;
  return `${difference.mean >= 0 ? "+" : ""}${difference.mean.toFixed(3)} (${range(difference)}, ${p})`;
}
