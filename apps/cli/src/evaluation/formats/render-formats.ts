import type { FormatResult } from "./evaluate-formats.ts";

/** A table for reading, one line a file, and what is wrong at the end. */
export function renderFormats(results: readonly FormatResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map((result) => {
    const f1 = result.overlap === undefined ? "   –" : result.overlap.f1.toFixed(3).replace(/^0/u, "");
    const outcome = result.status === "ready" ? `${result.passages} passages` : (result.code ?? "");
    const warnings = result.warnings.length === 0 ? "" : `  (${[...new Set(result.warnings)].join(", ")})`;
    const ms = `${Math.round(result.totalMs)} ms`;
    return `${result.name.padEnd(width)}  ${f1}  ${ms.padStart(8)}  ${outcome}${warnings}`;
  });
  return [...lines, "", summaryOf(results)].join("\n");
}

function summaryOf(results: readonly FormatResult[]): string {
  const ready = results.filter(({ status }) => status === "ready").length;
  const compared = results.filter(({ f1Min }) => f1Min !== undefined);
  const reached = compared.filter(({ overlap, f1Min = 1 }) => overlap !== undefined && overlap.f1 >= f1Min).length;
  const problems = results.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
  const counts = `${results.length} files: ${ready} ready, ${results.length - ready} failed with a reason or refused`;
  return [`${counts}; token F1 reached by ${reached} of ${compared.length} with a reference`, ...problems].join("\n");
}
