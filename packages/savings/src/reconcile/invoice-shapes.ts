import type { NanoUsd } from "@larder/contracts";
import { LarderError, nanoUsd, parseUsd } from "@larder/contracts";

/**
 * What a line of an invoice is for. `input` and `output` are all of a side's tokens, `all` is both: exports differ in how
 * finely they tell.
 */
export const invoiceBuckets = [
  "input_fresh",
  "input_cache_read",
  "input_cache_write",
  "input_cache_write_long",
  "input",
  "output",
  "all",
] as const;
export type InvoiceBucket = (typeof invoiceBuckets)[number];

/** One line, as far as it can be compared. */
export interface InvoiceLine {
  /** UTC, `2026-11-24`. */
  readonly day: string;
  /** In the provider's own words. */
  readonly model: string;
  readonly bucket: InvoiceBucket;
  readonly tokens?: number;
  readonly cost?: NanoUsd;
}

/** Both as one line, under the first one's model; what neither tells stays untold. */
export function addLine(sum: InvoiceLine | undefined, line: InvoiceLine): InvoiceLine {
  if (sum === undefined) return line;
  const tokens =
    sum.tokens === undefined && line.tokens === undefined ? undefined : (sum.tokens ?? 0) + (line.tokens ?? 0);
  const cost =
    sum.cost === undefined && line.cost === undefined ? undefined : nanoUsd((sum.cost ?? 0n) + (line.cost ?? 0n));
  return { ...sum, ...(tokens !== undefined && { tokens }), ...(cost !== undefined && { cost }) };
}

/** A row of a CSV file by its column names, in lower case and with `_` for spaces. */
type Row = ReadonlyMap<string, string>;

export interface InvoiceShape {
  readonly name: string;
  /** Whose invoice it is; absent where the file may be anybody's. */
  readonly provider?: string;
  /** Each must be there: one of the names of each list. */
  readonly columns: readonly (readonly string[])[];
  lines(row: Row): readonly InvoiceLine[];
}

const dayColumns = [
  "start_time_iso",
  "start_time",
  "date",
  "day",
  "usage_date",
  "usage_date_utc",
  "created_at",
] as const;
const costColumns = ["cost_usd", "amount_value", "amount_usd", "cost_total", "cost", "amount", "usage"] as const;

const anthropicTypes: Readonly<Record<string, InvoiceBucket>> = {
  input_no_cache: "input_fresh",
  input_cache_read: "input_cache_read",
  input_cache_write_5m: "input_cache_write",
  input_cache_write_1h: "input_cache_write_long",
  output: "output",
};

const anthropicCounts = {
  input_fresh: "usage_input_tokens_no_cache",
  input_cache_read: "usage_input_tokens_cache_read",
  input_cache_write: "usage_input_tokens_cache_write_5m",
  input_cache_write_long: "usage_input_tokens_cache_write_1h",
  output: "usage_output_tokens",
} as const satisfies Partial<Record<InvoiceBucket, string>>;

/** The exports that are read, tried in this order. Each is written down with its columns in docs/guides/savings.md. */
export const invoiceShapes: readonly InvoiceShape[] = [
  {
    name: "Anthropic cost export",
    provider: "anthropic",
    columns: [["usage_date_utc"], ["token_type"], ["cost_usd"], ["model"]],
    lines(row) {
      const model = text(row, ["model"]);
      if (model === "") return []; // searches and the like
      const bucket = anthropicTypes[text(row, ["token_type"])] ?? "all";
      return [{ day: dayOf(row), model, bucket, cost: costOf(row) }];
    },
  },
  {
    name: "Anthropic usage export",
    provider: "anthropic",
    columns: [["usage_date_utc"], ["model_version"], ["usage_output_tokens"]],
    lines(row) {
      const day = dayOf(row);
      const model = text(row, ["model_version"]);
      return Object.entries(anthropicCounts).flatMap(([bucket, column]) =>
        row.has(column) ? [{ day, model, bucket: bucket as InvoiceBucket, tokens: tokensOf(row, [column]) }] : [],
      );
    },
  },
  {
    name: "OpenRouter activity",
    provider: "openrouter",
    columns: [
      ["slug", "model_permaslug"],
      ["usage", "cost_total"],
      ["prompt_tokens", "tokens_prompt"],
      ["completion_tokens", "tokens_completion"],
    ],
    lines(row) {
      const known = { day: dayOf(row), model: text(row, ["slug", "model_permaslug"]) };
      return [
        { ...known, bucket: "all", cost: costOf(row, ["usage", "cost_total"]) },
        { ...known, bucket: "input", tokens: tokensOf(row, ["prompt_tokens", "tokens_prompt"]) },
        { ...known, bucket: "output", tokens: tokensOf(row, ["completion_tokens", "tokens_completion"]) },
      ];
    },
  },
  {
    name: "OpenAI costs export",
    provider: "openai",
    columns: [["line_item"], ["amount_value", "amount", "cost", "cost_usd"], ["start_time_iso", "start_time", "date"]],
    lines(row) {
      const item = text(row, ["line_item"]);
      const comma = item.indexOf(",");
      if (item === "" || comma < 0) return []; // not for tokens of a model
      return [{ day: dayOf(row), model: item.slice(0, comma), bucket: bucketIn(item.slice(comma)), cost: costOf(row) }];
    },
  },
  {
    name: "date, model, cost",
    columns: [dayColumns, ["model", "model_id", "model_name"], costColumns],
    lines(row) {
      const named = text(row, ["bucket", "token_type", "type"]);
      const bucket = invoiceBuckets.find((each) => each === named) ?? "all";
      const tokens = row.has("tokens") ? { tokens: tokensOf(row, ["tokens"]) } : {};
      const model = text(row, ["model", "model_id", "model_name"]);
      return [{ day: dayOf(row), model, bucket, cost: costOf(row), ...tokens }];
    },
  },
];

/** The words behind a line item's model: `, cached input`. */
function bucketIn(words: string): InvoiceBucket {
  if (/output/i.test(words)) return "output";
  if (/cache\w*\s+write/i.test(words)) return "input_cache_write";
  if (/cached?/i.test(words)) return "input_cache_read";
  return /input/i.test(words) ? "input_fresh" : "all";
}

function text(row: Row, names: readonly string[]): string {
  for (const name of names) {
    const value = row.get(name);
    if (value !== undefined) return value.trim();
  }
  return "";
}

function dayOf(row: Row): string {
  const value = text(row, dayColumns);
  const seconds = /^\d{9,11}$/.test(value) ? Number(value) * 1_000 : undefined;
  const day = seconds === undefined ? value.slice(0, 10) : new Date(seconds).toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw unreadable("date", value);
  return day;
}

function costOf(row: Row, names: readonly string[] = costColumns): NanoUsd {
  const value = text(row, names).replace(/^\$/, "");
  const cost = value === "" ? undefined : parseUsd(value);
  if (cost === undefined) throw unreadable("cost", value);
  return cost;
}

function tokensOf(row: Row, names: readonly string[]): number {
  const value = text(row, names);
  const tokens = value === "" ? 0 : Number(value);
  if (!Number.isSafeInteger(tokens) || tokens < 0) throw unreadable("tokens", value);
  return tokens;
}

function unreadable(what: string, value: string): LarderError {
  return new LarderError("INVOICE_UNREADABLE", {
    details: { problems: `${what}: ${JSON.stringify(value.slice(0, 40))}` },
  });
}
