import type { PdfLine } from "./pdf-lines.ts";

/** Lines looked at from each edge of a page. Chosen by looking at samples. */
const edgeLinesMax = 4;
/** Pages before and after in which a line must come again; two, since left and right pages may differ. */
const pagesNear = 2;
/** A line that comes again stands as far from the edge of the page, within this many points. */
const shiftMax = 12;

/** Share of the page's height at either edge in which running heads and feet stand, unless they count the pages. */
const marginShare = 0.15;

/** The rows of a page, and its edges across the direction of writing. */
export interface PageRows {
  readonly rows: readonly PdfLine[];
  readonly bottom: number;
  readonly top: number;
}

interface EdgeLine {
  readonly line: PdfLine;
  /** Its text with every number as `#`. */
  readonly key: string;
  readonly numbers: readonly number[];
  readonly isInMargin: boolean;
}

/**
 * Pages without running heads and feet. A line at the upper or lower edge that comes again at the same place of a near
 * page, save for its numbers, stays where it comes first and goes from the other pages; page numbers go from all.
 */
export function removePageFurniture(pages: readonly (PageRows | undefined)[]): readonly (readonly PdfLine[])[] {
  const removed = new Set<PdfLine>();
  /** Where each text comes first. A line of a short page may be among those at both edges. */
  const kept = new Map<string, PdfLine>();
  for (const edge of ["top", "bottom"] as const) {
    const edges = pages.map((page) => (page === undefined ? [] : edgeLinesOf(page, edge)));
    edges.forEach((lines, page) => {
      for (const candidate of lines) {
        const again = findAgain(candidate, edges, page);
        if (again === undefined) break; // what stands further in is content
        if (again === "text" && !kept.has(candidate.key)) kept.set(candidate.key, candidate.line);
        if (again === "number" || kept.get(candidate.key) !== candidate.line) removed.add(candidate.line);
      }
    });
  }
  return pages.map((page) => page?.rows.filter((line) => !removed.has(line)) ?? []);
}

/** From the edge inwards. */
function edgeLinesOf({ rows, bottom, top }: PageRows, edge: "top" | "bottom"): readonly EdgeLine[] {
  const sign = edge === "top" ? -1 : 1;
  const outer: PdfLine[] = [];
  for (const line of rows) {
    if (line.angle !== 0) continue;
    let at = outer.length;
    while (at > 0 && sign * ((outer[at - 1]?.baseline ?? 0) - line.baseline) > 0) at -= 1;
    if (at >= edgeLinesMax) continue;
    outer.splice(at, 0, line);
    outer.length = Math.min(outer.length, edgeLinesMax);
  }
  const inTable = outer.findIndex((line, index) => isTableHeader(line, outer[index + 1]));
  return outer.slice(0, inTable < 0 ? outer.length : inTable).map((line) => {
    const text = line.text.slice(0, 200).toLowerCase();
    const distance = edge === "top" ? top - line.baseline : line.baseline - bottom;
    return {
      line,
      key: text.replace(numeral, "#"),
      numbers: (text.match(numeral) ?? []).map(toNumber),
      isInMargin: distance < marginShare * (top - bottom),
    };
  });
}

/** Tables that go on repeat their header, which their rows need. */
function isTableHeader(line: PdfLine, inner: PdfLine | undefined): boolean {
  if (line.cells === undefined || inner?.cells === undefined) return false;
  return Math.abs(line.baseline - inner.baseline) < 3 * line.fontSize;
}

const numeral = /\d+|\b[ivxlc]+\b/gu;

function toNumber(text: string): number {
  if (/^\d/u.test(text)) return Number(text);
  const values = [...text].map((sign) => ({ i: 1, v: 5, x: 10, l: 50, c: 100 })[sign] ?? 0);
  return values.reduce((sum, value, index) => (value < (values[index + 1] ?? 0) ? sum - value : sum + value), 0);
}

const pageOfPages = /^(?:page|seite|p[aá]gina) # (?:of|von|sur|de|di) #$/u;

/** What the line is: a text that comes again, or nothing but a number that counts the pages. */
function findAgain(
  candidate: EdgeLine,
  edges: readonly (readonly EdgeLine[])[],
  page: number,
): "text" | "number" | undefined {
  if (candidate.isInMargin && pageOfPages.test(candidate.key) && candidate.numbers[0] === page + 1) return "number";
  for (let near = page - pagesNear; near <= page + pagesNear; near += 1) {
    if (near === page) continue;
    for (const other of edges[near] ?? []) {
      if (other.key !== candidate.key) continue;
      const counts = candidate.numbers.some((number, index) => other.numbers[index] === number + near - page);
      const isNear = candidate.isInMargin && Math.abs(other.line.baseline - candidate.line.baseline) <= shiftMax;
      if (!isNear && !(counts && /\p{L}{3}/u.test(candidate.key))) continue; // a foot may float below short pages
      const isNumber = /^(?:[\p{P}\p{S}\s]|page|seite|p[aá]gina|of|de|von|sur)*$/u.test(candidate.key);
      if (isNumber && candidate.key.includes("#")) {
        if (counts) return "number";
        continue; // such as the last row of a table
      }
      return "text";
    }
  }
  return undefined;
}
