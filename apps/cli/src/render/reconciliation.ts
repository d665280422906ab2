import Table from "cli-table3";
import pc from "picocolors";
import type { CalibrationsBody, DriftBody, ReconciliationBody } from "../wire-savings.ts";
import { readableUsds } from "./money.ts";
import { count, counted } from "./words.ts";

const style = { head: [], border: [], compact: true };
const linesShown = 30; // the largest drifts; --json has all

const percent = (ratio: number | null) =>
  ratio === null ? "" : `${ratio > 0 ? "+" : ""}${(100 * ratio).toFixed(1)} %`;

/** Money and tokens as we have them and as they were billed, signed; the lines that drift most. */
export function renderReconciliation(body: ReconciliationBody, shape: string): string {
  const lines = [pc.bold(`${shape}, ${counted(body.lines.length, "line")}`)];
  if (body.usd !== null) lines.push(`money: ${moneyWords(body.usd)}`);
  if (body.tokens !== null) lines.push(`tokens: ${tokenWords(body.tokens)}`);
  if (body.models.length > 0) lines.push(modelTable(body));
  const drifting = body.lines
    .filter(({ usd, tokens }) => Number(usd?.drift ?? 0) !== 0 || (tokens?.drift ?? 0) !== 0)
    .toSorted((a, b) => sizeOf(b) - sizeOf(a));
  if (drifting.length === 0) lines.push("every line agrees");
  else lines.push(lineTable(drifting.slice(0, linesShown)));
  if (drifting.length > linesShown) lines.push(`and ${count(drifting.length - linesShown)} more; --json lists them`);
  const notes = [
    ...(body.only_ledger > 0 ? [`${counted(body.only_ledger, "day and model")} only in the ledger`] : []),
    ...(body.only_invoice > 0 ? [`${counted(body.only_invoice, "day and model")} only on the invoice`] : []),
    ...(body.unpriced_calls > 0 ? [`${counted(body.unpriced_calls, "call")} of the ledger without a known cost`] : []),
    "drift is ledger less invoice: below 0 the ledger missed something",
  ];
  return [...lines, pc.dim(notes.join("; "))].join("\n");
}

const sizeOf = ({ usd, tokens }: ReconciliationBody["lines"][number]) =>
  Math.abs(Number(usd?.drift ?? 0)) * 1e6 + Math.abs(tokens?.drift ?? 0);

function moneyWords({ ledger, invoice, drift, ratio }: DriftBody<string>): string {
  const [ours, theirs, differs] = readableUsds([ledger, invoice, drift]);
  return `ledger ${ours}, invoice ${theirs}, drift ${differs} ${percent(ratio)}`.trim();
}

function tokenWords({ ledger, invoice, drift, ratio }: DriftBody<number>): string {
  return `ledger ${count(ledger)}, invoice ${count(invoice)}, drift ${count(drift)} ${percent(ratio)}`.trim();
}

function modelTable({ models }: ReconciliationBody): string {
  const table = new Table({
    head: ["model", "ledger", "invoice", "drift", ""],
    style,
    colAligns: ["left", "right", "right", "right", "right"],
  });
  for (const { model, usd } of models) {
    table.push([model, ...readableUsds([usd.ledger, usd.invoice, usd.drift]), percent(usd.ratio)]);
  }
  return table.toString();
}

function lineTable(lines: ReconciliationBody["lines"]): string {
  const table = new Table({ head: ["day", "model", "bucket", "drift in money", "in tokens"], style });
  for (const { day, model, bucket, usd, tokens } of lines) {
    const money = usd === null ? "" : `${readableUsds([usd.drift])[0]} ${percent(usd.ratio)}`;
    const counts = tokens === null ? "" : `${count(tokens.drift)} ${percent(tokens.ratio)}`;
    table.push([day, model, bucket, money.trim(), counts.trim()]);
  }
  return table.toString();
}

/** Tokens billed for one that we count, and what is left of the error once that is known. */
export function renderCalibration({ data }: CalibrationsBody): string {
  if (data.length === 0) return "no provider has told its count of a prompt that was counted here";
  const table = new Table({
    head: ["model", "evidence", "prompts", "billed for one of ours", "95 % interval", "error", "as counted"],
    style,
    colAligns: ["left", "left", "right", "right", "right", "right", "right"],
  });
  for (const { model, content_class, prompts, alpha, mean_absolute_error, uncalibrated_error } of data) {
    const interval = `${alpha.low.toFixed(3)} to ${alpha.high.toFixed(3)}`;
    const errors = [mean_absolute_error, uncalibrated_error].map((error) => `${(100 * error).toFixed(1)} %`);
    table.push([model, content_class, count(prompts), alpha.mean.toFixed(3), interval, ...errors]);
  }
  return table.toString();
}
