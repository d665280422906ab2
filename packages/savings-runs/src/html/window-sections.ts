import { htmlTable, legend, linePlot, stackedBar } from "@larder/report-page";
import type { SavingsReport } from "../report-schema.ts";
import { percent, tokens } from "../report-words.ts";

const partNames = ["instructions and question", "evidence used", "evidence wasted", "answer", "free"];

/** What fills the window, and how little of it: the meaning of saved context that is not money. */
export function occupancySection({ occupancy }: SavingsReport, id: string): string {
  if (occupancy === null) return "";
  const { evidence_used_tok: used, evidence_wasted_tok: wasted } = occupancy;
  const parts = [
    { name: partNames[0] ?? "", value: occupancy.instructions_tok, series: 4 },
    { name: partNames[1] ?? "", value: used ?? occupancy.evidence_tok, series: 0 },
    { name: partNames[2] ?? "", value: wasted ?? 0, series: 1 },
    { name: partNames[3] ?? "", value: occupancy.output_tok, series: 2 },
  ];
  const told = parts.map(({ name, value }) => `${name} ${tokens(value)}`).join(", ");
  const text = {
    id: `${id}-window`,
    title: "What a prompt and its answer hold, on average",
    description: `${told}; of a window of ${tokens(occupancy.window_tok)} tokens ${percent(occupancy.occupancy_ratio)} is taken.`,
  };
  const rows = [...parts, { name: "free", value: occupancy.free_tok, series: 5 }].map(({ name, value }) => [
    name,
    tokens(value),
    percent(value / occupancy.window_tok, 2),
  ]);
  const order = parts.map(({ name }) => name);
  const colours = ["evidence used", "evidence wasted", "answer", "", "instructions and question"];
  return [
    "<section><h3>The context window</h3>",
    legend(order, colours),
    stackedBar(text, parts, tokens),
    htmlTable(
      `Evidence counts as used where it is gold. The window has ${tokens(occupancy.window_tok)} tokens.`,
      ["part", "tokens", "of the window"],
      rows,
    ),
    "</section>",
  ].join("\n");
}

/** Where retrieval stops to pay: against a corpus that is pasted whole and always warm in the provider's cache. */
export function corpusSizeSection({ corpus_size: sizes, scope }: SavingsReport, id: string): string {
  if (sizes === null) return "";
  const isCut = sizes.lines.some(({ points }) => points.some(({ saved_ratio }) => saved_ratio < floor));
  const nameOf = (multiplier: number): string => `reads at ${multiplier}x`;
  const names = sizes.lines.map(({ read_multiplier }) => nameOf(read_multiplier));
  const series = sizes.lines.map(({ read_multiplier, points }, i) => ({
    name: nameOf(read_multiplier),
    series: i,
    points: points.map(({ corpus_tok: x, saved_ratio: y }) => ({ x, y: Math.max(y, floor) })),
  }));
  const text = {
    id: `${id}-corpus`,
    title: "Saved against pasting the whole corpus, its cache warm, by the corpus' size",
    description: `Below the zero line retrieval costs more. Break-even: ${sizes.lines.map(({ read_multiplier, breakeven_corpus_tok }) => `${nameOf(read_multiplier)} ${tokens(breakeven_corpus_tok)} tokens`).join(", ")}.`,
  };
  const marks = [
    ...(scope.corpus_tok > 0 ? [{ x: scope.corpus_tok, label: `this corpus ${tokens(scope.corpus_tok)}` }] : []),
    ...sizes.cliffs_tok.map((x) => ({ x, label: `price tier ${tokens(x)}` })),
  ];
  const options = {
    xLabel: "tokens of the corpus",
    yLabel: "saved",
    yText: (value: number) => percent(value, 0),
    marks,
    hasZeroLine: true,
  };
  const head = [
    "cache reads",
    "break-even corpus",
    ...(sizes.lines[0]?.points.map((point) => tokens(point.corpus_tok)) ?? []),
  ];
  const rows = sizes.lines.map(({ read_multiplier, breakeven_corpus_tok, points }) => [
    nameOf(read_multiplier),
    tokens(breakeven_corpus_tok),
    ...points.map(({ saved_ratio }) => percent(saved_ratio, 0)),
  ]);
  return [
    "<section><h3>When pasting everything is cheaper</h3>",
    legend(names, names),
    linePlot(text, series, options),
    htmlTable(
      `Modelled: every read hits, nothing is written, no tiers.${isCut ? ` The plot ends at ${percent(floor, 0)}; the table does not.` : ""}`,
      head,
      rows,
    ),
    "</section>",
  ].join("\n");
}

const floor = -3;
