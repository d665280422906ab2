import { nameOfVariable, valueInWords } from "../plan/find-flips.ts";
import type { EconomicsDocument } from "./economics-document.ts";

/** What a leader wants on one page, as text of at most about 100 columns. Reads the document alone. */
export function onePage(document: EconomicsDocument): string {
  return [
    ...headOf(document),
    "",
    ...breakEvenLines(document),
    "",
    ...unitLines(document),
    "",
    sensitivity(document),
    "",
    "Persona",
    ...document.personas.all.map(({ persona, fits, reason }) => `  ${mark(fits)} ${persona.padEnd(12)} ${reason}`),
    `  staying able to switch is worth ${dollars(document.option_value_usd_12m)} over twelve months`,
    "",
    "Gates, in their order",
    ...document.policy_gate.gates.map(
      ({ step, side, status, sentence }) => `  ${step} (${side}): ${words(status)}. ${sentence}`,
    ),
    ...document.policy_gate.blocked_options.map((blocked) => `  out: ${blocked}`),
    ...quantisationLines(document),
    ...historyLines(document),
    "",
    "What is known, and how",
    ...document.basis_of.map(({ what, basis, note }) => `  ${what.padEnd(13)} ${basis.padEnd(9)} ${note}`),
    ...document.warnings.map((warning) => `  note: ${warning}`),
    `  weakest: ${document.weakest_basis} · next review ${document.next_review} · ${document.api.price_book}`,
  ].join("\n");
}

/** The part of the page that says what would change the answer, and by how much. */
export function sensitivity(document: EconomicsDocument): string {
  return [
    "What would change the answer",
    ...(document.flips.length === 0
      ? ["  nothing that was searched flips it by itself"]
      : document.flips.map(({ words, to }) => `  to ${to === "local" ? "buying" : "the API"} if ${words}`)),
    "",
    "What each figure alone does (result at the best month, machine sold)",
    ...tornadoLines(document),
  ].join("\n");
}

/** Each list's first and last price of one query, by the three indices. */
function historyLines({ price_history: history }: EconomicsDocument): readonly string[] {
  if (history === null) return [];
  const lines = (["same_sku", "same_slot", "constant_quality"] as const).flatMap((index) =>
    [...new Set(history[index].map(({ source }) => source))].map((list) => {
      const points = history[index].filter(({ source }) => source === list);
      const told = [points[0], points.at(-1)].flatMap((point) =>
        point === undefined ? [] : [`${point.date} $${Number(point.usd_per_query).toPrecision(3)}`],
      );
      return `  ${words(index).padEnd(17)} ${[...new Set(told)].join(" -> ")}${list === undefined ? "" : ` (${list})`}`;
    }),
  );
  return ["", "Prices of one query", ...(lines.length === 0 ? ["  none"] : lines)];
}

function headOf({ verdict, confidence, because, api, local }: EconomicsDocument): readonly string[] {
  return [
    `${words(verdict).toUpperCase()} (confidence ${confidence})`,
    because,
    "",
    `Compared with ${api.comparator ?? "no API"}: ${api.capable_evidence}`,
    ...(api.strictest === null ? [] : [`A stricter reader would compare with ${api.strictest.model}.`]),
    `Against ${local.name}: ${local.units_needed} machine${local.units_needed === 1 ? "" : "s"}, ${dollars(local.capex_usd)} with the set-up, busy ${percent(local.utilisation_ratio)} of the time.`,
  ];
}

function breakEvenLines({ breakeven, api, local }: EconomicsDocument): readonly string[] {
  const { months } = breakeven;
  const { operations, electricity, other } = local.running_parts_usd;
  return [
    `API bill, month 1          ${dollars(api.bill_month0_usd)}${api.after.length === 0 ? "" : ` after ${api.after.join(", ")}`}`,
    `hurdle for any break-even  ${dollars(breakeven.hurdle_bill_usd)}`,
    `running cost a month       ${dollars(local.running_usd_per_month)}: operations ${dollars(operations)}, electricity ${dollars(electricity)}, other ${dollars(other)}`,
    `price decline              ${api.decline.x_per_year.toFixed(2)}x a year (${api.decline.source})`,
    `months to break-even       ${monthsText(months.closed_form, local.life_months)} by the closed form; P10 ${monthsText(months.p10, local.life_months)}, P50 ${monthsText(months.p50, local.life_months)}, P90 ${monthsText(months.p90, local.life_months)}`,
    `P(never in ${local.life_months} months)     ${percent(breakeven.p_never)} of ${breakeven.draws} price paths, seed ${breakeven.seed}`,
    `switch off by              ${switchOffText(breakeven, local.life_months)}`,
    `peak advantage             ${breakeven.peak_advantage_usd === null ? "grows without end" : dollars(breakeven.peak_advantage_usd)}`,
    `best exit, machine sold    ${dollars(breakeven.best_exit.usd_with_salvage)} at month ${breakeven.best_exit.months.toFixed(1)}`,
    ...breakeven.scenarios.map(
      ({ name, months: found }) => `  if ${scenarioWords[name].padEnd(24)} ${monthsText(found, local.life_months)}`,
    ),
  ];
}

function switchOffText(
  { switch_off_months: off, under_water_again_months: under }: EconomicsDocument["breakeven"],
  life: number,
): string {
  if (off === 0) return "not to be switched on: the bill is at or below the running cost from the start";
  return `month: ${monthsText(off, life)}; under water again at: ${monthsText(under, life)}`;
}

const scenarioWords = {
  as_stated: "prices go as planned",
  flat: "prices stay",
  rising: "prices rise 1.5x a year",
  falling_10x: "prices fall 10x a year",
} as const;

function unitLines({
  unit_usd_per_mtok: unit,
  cost_per_pass_usd: pass,
  workload,
  local,
}: EconomicsDocument): readonly string[] {
  const money = (text: string | null) => (text === null ? "unknown" : `$${Number(text).toPrecision(3)}`);
  const mTok = (workload.queries_per_month * (workload.in_tok_per_q + workload.out_tok_per_q)) / 1e6;
  const withIdle = mTok > 0 ? String(Number(local.running_parts_usd.electricity) / mTok) : null;
  return [
    `costs here                 with the month's share of machine and set-up less salvage, over ${local.life_months} months`,
    `$ per million tokens       API ${money(unit.api)}, here ${money(unit.local_full)} in full`,
    `  electricity alone        ${money(unit.local_marginal)} while busy, ${money(withIdle)} with idle hours`,
    `$ per good answer          API ${money(pass.api)}, here ${money(pass.local)}`,
    ...(Number(pass.error_usd) === 0
      ? []
      : [
          `$ with ${dollars(pass.error_usd)} an error      API ${money(pass.api_with_errors)}, here ${money(pass.local_with_errors)}`,
        ]),
  ];
}

function tornadoLines({ tornado }: EconomicsDocument): readonly string[] {
  return tornado.map(({ variable, unit, low, high }) => {
    const end = ({ value, best_exit_usd: usd }: typeof low) => `${valueInWords(unit, value)} -> ${dollars(usd)}`;
    return `  ${nameOfVariable(variable).padEnd(26)} ${end(low)}; ${end(high)}`;
  });
}

function quantisationLines({ quantisation }: EconomicsDocument): readonly string[] {
  if (quantisation.length === 0) return [];
  return [
    "",
    "Local models as observed",
    ...quantisation.map((row) => {
      const speed = row.tok_per_s === null ? "speed unknown" : `${row.tok_per_s.toFixed(1)} tokens/s`;
      const [low = 0, high = 0] = row.quality_ci ?? [];
      const quality =
        row.quality === null ? "not judged" : `${percent(row.quality)} good (${percent(low)} to ${percent(high)})`;
      const beaten = row.beaten_by === null ? "" : `, beaten by ${row.beaten_by}`;
      const name = [row.model, ...(row.quantization === null ? [] : [row.quantization])].join(" ");
      return `  ${name}: ${speed}, ${quality}${beaten}`;
    }),
  ];
}

const words = (name: string) => name.replaceAll("_", " ");
const mark = (fits: boolean) => (fits ? "->" : "  ");
const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** What comes when the machine's life is over does not come with this machine; when it would stands in brackets. */
export function monthsText(months: number | null, lifeMonths: number): string {
  if (months === null) return "never";
  const text = months.toFixed(1);
  return months > lifeMonths ? `never within ${lifeMonths} months (${text})` : text;
}

/** `"-1234.50"` as `-$1,234.50`; whole dollars from a thousand on. */
export function dollars(text: string): string {
  const value = Number(text);
  const digits = value === 0 || Math.abs(value) >= 1_000 ? 0 : 2;
  const shown = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${value < 0 ? "-" : ""}$${shown}`;
}
