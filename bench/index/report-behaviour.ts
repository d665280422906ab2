import type { VectorBehaviour } from "./compare-vectors.ts";

export function behaviourLines(rows: Readonly<Record<string, VectorBehaviour>>): readonly string[] {
  const efs = Object.keys(Object.values(rows)[0]?.recallByEf ?? {}).map(Number);
  const lines = [
    `| vectors | count | intrinsic dimension | d10 / d100 | cosine of the 10th | ${efs.map((ef) => `recall, ef ${ef}`).join(" | ")} |`,
    `|---|--:|--:|--:|--:|${efs.map(() => "--:|").join("")}`,
  ];
  for (const [name, row] of Object.entries(rows)) {
    const recalls = efs.map((ef) => (row.recallByEf[ef] ?? 0).toFixed(4)).join(" | ");
    const { intrinsicDimension, distanceRatio, tenthCosine } = row;
    lines.push(
      `| ${name} | ${row.count.toLocaleString("en")} | ${intrinsicDimension.toFixed(1)} | ${distanceRatio.toFixed(3)} | ${tenthCosine.toFixed(3)} | ${recalls} |`,
    );
  }
  return lines;
}
