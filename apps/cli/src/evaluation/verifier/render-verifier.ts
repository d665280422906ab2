import type { VerifierMeasurement } from "./measure-verifier.ts";

const three = (value: number) => value.toFixed(3);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** Tables in Markdown, as docs/measurements.md has them. */
export function renderVerifier({ sets, weights }: VerifierMeasurement): string {
  const lines = [
    "| set | half | supported | unsupported | AUROC | words alone | coverage | cosine | caught | false alarms |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...sets.map((of) =>
      [
        "",
        of.set,
        of.half,
        of.supported,
        of.unsupported,
        three(of.auroc),
        three(of.aurocWordsAlone),
        three(of.aurocCoverage),
        three(of.aurocCosine),
        percent(of.caught),
        percent(of.falseAlarms),
        "",
      ].join(" | "),
    ),
    "",
    "Taken for supported, by how the statement was made:",
    "",
    ...sets.map(({ set, half, kinds }) => {
      const parts = kinds.map(({ kind, count, passed }) => `${kind} ${percent(passed)} of ${count}`);
      return `- ${set}, ${half}: ${parts.join(", ")}`;
    }),
  ];
  if (weights !== undefined) lines.push("", JSON.stringify(weights, null, 2));
  return lines.map((line) => line.trim()).join("\n");
}
