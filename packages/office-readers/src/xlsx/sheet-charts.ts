import type { SheetChart } from "../sheets/sheet.ts";
import type { Relation, XlsxParts } from "./xlsx-parts.ts";

/** Texts that are drawn over a sheet's cells, and its charts. */
export interface Drawings {
  readonly texts: readonly string[];
  /** As they were when the file was saved. */
  readonly charts: readonly SheetChart[];
}

/** Points of one chart. A file may number its points as it likes. Chosen arbitrarily. */
const pointsMax = 10_000;

export async function readDrawings(parts: XlsxParts, relations: readonly Relation[]): Promise<Drawings> {
  const texts: string[] = [];
  const charts: SheetChart[] = [];
  for (const { part } of relations.filter(({ type }) => type === "drawing")) {
    texts.push(...(await readTexts(parts, part)));
    for (const inner of await parts.relationsOf(part)) {
      if (inner.type === "chart") charts.push(await readChart(parts, inner.part));
    }
  }
  return { texts, charts };
}

async function readTexts(parts: XlsxParts, part: string): Promise<readonly string[]> {
  const texts: string[] = [];
  let pieces: string[] = [];
  let isText = false;
  await parts.read(part, {
    open: (name) => {
      isText = name === "a:t";
    },
    text: (text) => {
      if (isText) pieces.push(text);
    },
    close: (name) => {
      isText = false;
      if (name !== "a:p") return;
      if (pieces.length > 0) texts.push(pieces.join(""));
      pieces = [];
    },
  });
  return texts;
}

interface Series {
  name: string;
  readonly categories: Map<number, string>;
  readonly values: Map<number, string>;
}

async function readChart(parts: XlsxParts, part: string): Promise<SheetChart> {
  const series: Series[] = [];
  const title: string[] = [];
  const open: string[] = [];
  let point = 0;
  let value = "";
  const target = (current: Series): Map<number, string> | undefined => {
    if (open.includes("c:cat") || open.includes("c:xVal")) return current.categories;
    return open.includes("c:val") || open.includes("c:yVal") ? current.values : undefined;
  };
  await parts.read(part, {
    open: (name, attributes) => {
      open.push(name);
      value = "";
      if (name === "c:ser") series.push({ name: "", categories: new Map(), values: new Map() });
      if (name === "c:pt") point = Number(attributes.idx ?? 0);
    },
    text: (text) => {
      if (open.at(-1) === "a:t" && open.includes("c:title")) title.push(text);
      if (open.at(-1) === "c:v") value += text;
    },
    close: (name) => {
      const current = series.at(-1);
      if (name === "c:v" && current !== undefined && open.includes("c:ser")) {
        if (open.includes("c:tx")) current.name += value;
        else if (point >= 0 && point < pointsMax) target(current)?.set(point, value.trim());
      }
      open.pop();
    },
  });
  return { title: title.join(""), rows: rowsOf(series) };
}

function rowsOf(series: readonly Series[]): readonly (readonly string[])[] {
  const points = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b);
  const categories = series.find((one) => one.categories.size > 0)?.categories;
  if (points.length === 0) return [];
  return [
    ["", ...series.map(({ name }) => name)],
    ...points.map((point) => [
      categories?.get(point) ?? String(point + 1),
      ...series.map(({ values }) => values.get(point) ?? ""),
    ]),
  ];
}
