import type { FaultCell } from "../../packages/generator-router/test/fault-cells.ts";

/** What a client got in the end. `ok, next`: the other model's answer, whole. `cut off`: a socket error, no more. */
export type Verdict = "ok" | "ok, next" | "typed error" | "cut off" | "silent truncation" | "spliced" | "hang";

export interface Seen {
  readonly text: string;
  readonly end: "clean" | "error" | "cut off" | "hang";
}

export const deltasOf = (model: string): readonly string[] => [
  `${model}: é `,
  "食品庫 keeps ",
  "🥕 cool ",
  `(${model})`,
];

export function verdictOf({ text, end }: Seen, cell: FaultCell): Verdict {
  if (end === "hang") return "hang";
  if (end === "error") return "typed error";
  if (end === "cut off") return "cut off";
  const deltas = cell.answer.deltas ?? deltasOf("m-mini");
  const own = deltas.flatMap((delta, i) => (i === cell.repeatsDelta ? [delta, delta] : [delta])).join("");
  if (text === deltasOf("m-small").join("")) return "ok, next";
  const fault = cell.answer.fault;
  // The provider went on with another model's words: who passes that on as one answer passes on a splice.
  if (text === own && fault?.kind === "model_changed" && fault.afterDeltas > 0) return "spliced";
  if (text === own) return "ok";
  return own.startsWith(text) ? "silent truncation" : "spliced";
}
