import type { PdfLine } from "./pdf-lines.ts";

/** Above this many pairs of lines and fields no place is looked for: no form has as many. */
const pairsMax = 2_000_000;
/** Labels stand at most this many times their font's size away. Chosen by looking at samples. */
const labelDistanceMax = 6;

/** What stands in a page's form fields, each line of it behind the label that is nearest above it or before it. */
export function placeFields(lines: readonly PdfLine[], fields: readonly PdfLine[]): readonly PdfLine[] {
  if (fields.length === 0 || lines.length * fields.length > pairsMax) return [...lines, ...fields];
  const behind = new Map<number, PdfLine[]>();
  let label: number | undefined;
  fields.forEach((field, index) => {
    const before = fields[index - 1];
    if (before === undefined || !goesOn(before, field)) label = nearestLabel(field, lines);
    const at = label ?? lines.length - 1;
    behind.set(at, [...(behind.get(at) ?? []), field]);
  });
  const ahead = behind.get(-1) ?? [];
  return [...ahead, ...lines.flatMap((line, index) => [line, ...(behind.get(index) ?? [])])];
}

/** The next line of one field. */
function goesOn(before: PdfLine, field: PdfLine): boolean {
  const gap = before.baseline - field.baseline;
  return Math.abs(before.start - field.start) < field.fontSize && gap > 0 && gap < 2 * field.fontSize;
}

function nearestLabel(field: PdfLine, lines: readonly PdfLine[]): number | undefined {
  let best: number | undefined;
  let least = labelDistanceMax * field.fontSize;
  lines.forEach((line, index) => {
    const above = line.baseline - field.baseline;
    const aside = Math.max(0, field.start - line.end, line.start - field.end);
    if (line.angle !== field.angle || above < -0.5 * field.fontSize || line.start > field.end) return;
    const distance = Math.max(0, above) + aside;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}
