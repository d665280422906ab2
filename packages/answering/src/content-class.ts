import type { ContentClass } from "@larder/contracts";

/** Of each text: enough to tell what it is, in microseconds. */
const readMax = 2_000;

/** What most of the evidence is, by signs in its characters and lines. `undefined` for no text. */
export function contentClassOf(texts: readonly string[]): ContentClass | undefined {
  const sample = texts.map((text) => text.slice(0, readMax)).join("\n");
  const visible = sample.replace(/\s+/g, "").length;
  if (visible === 0) return undefined;
  const shareOf = (pattern: RegExp) => (sample.match(pattern)?.length ?? 0) / visible;
  if (shareOf(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g) > 0.3) return "cjk";
  if (shareOf(/["[\]{}:,]/g) > 0.2 && /"[^"\n]*"\s*:/.test(sample)) return "json";
  const lines = sample.split("\n").filter((line) => line.trim() !== "");
  const linesOf = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length / lines.length;
  if (linesOf(/^\s*\|.*\||\t.*\t/) > 0.4) return "table";
  return linesOf(/[;{}]\s*$|^\s*(?:import|def|class|function|const|let|return|#include)\b/) > 0.4 ? "code" : "prose";
}
