import type { XmlAttributes, XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";
import type { FoundBlock } from "../document-text.ts";
import { tableBlocks } from "../document-text.ts";

interface Series {
  name: string;
  readonly categories: Map<number, string>;
  readonly values: Map<number, string>;
}

/** Points of one chart beyond this are left out; a chart with more is not read by anybody. */
const pointsMax = 10_000;

/** A chart as its title and a table: a row for each category, a column for each series. */
export class ChartText implements XmlHandler {
  readonly #charactersMax: number;
  readonly #series: Series[] = [];
  readonly #open: string[] = [];
  #title = "";
  #characters = 0;
  #point = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  open(name: string, attributes: XmlAttributes): void {
    this.#open.push(name);
    if (name === "c:ser") this.#series.push({ name: "", categories: new Map(), values: new Map() });
    else if (name === "c:pt") this.#point = Number.parseInt(attributes.idx ?? "", 10);
  }

  text(text: string): void {
    const name = this.#open.at(-1);
    if (name !== "c:v" && name !== "a:t") return;
    this.#characters += text.length;
    refuseLongText(this.#characters, this.#charactersMax);
    const series = this.#open.includes("c:ser") ? this.#series.at(-1) : undefined;
    if (series === undefined) this.#title += this.#open.includes("c:title") ? text : "";
    else if (this.#open.includes("c:tx")) series.name += text;
    else if (this.#open.includes("c:cat") || this.#open.includes("c:xVal")) this.#addPoint(series.categories, text);
    else if (this.#open.includes("c:val") || this.#open.includes("c:yVal")) this.#addPoint(series.values, text);
  }

  close(name: string): void {
    if (name === "a:p" && this.#title !== "") this.#title += " ";
    this.#open.pop();
  }

  get blocks(): readonly FoundBlock[] {
    const points = new Set(this.#series.flatMap(({ categories, values }) => [...categories.keys(), ...values.keys()]));
    const label = (point: number): string =>
      this.#series.map(({ categories }) => categories.get(point)).find((text) => text !== undefined) ?? "";
    const rows = [...points]
      .toSorted((a, b) => a - b)
      .map((point) => [label(point), ...this.#series.map(({ values }) => values.get(point) ?? "")]);
    const header = ["", ...this.#series.map(({ name }) => name)];
    const title: FoundBlock = { kind: "paragraph", text: this.#title.trim() };
    return rows.length === 0 ? [title] : [title, ...tableBlocks([header, ...rows])];
  }

  #addPoint(points: Map<number, string>, text: string): void {
    if (!Number.isSafeInteger(this.#point) || (points.size >= pointsMax && !points.has(this.#point))) return;
    points.set(this.#point, (points.get(this.#point) ?? "") + text);
  }
}
