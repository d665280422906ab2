import type { XmlHandler } from "@larder/bounded-xml";
import { toNumber } from "./docx-styles.ts";
import { formatListNumber } from "./list-number.ts";

interface ListLevel {
  start: number;
  format: string;
  /** Such as `%1.%2)`: the numbers of the levels in their places. */
  text: string;
}

interface NumberedList {
  abstractId: string;
  /** Levels that begin anew with this list. */
  readonly starts: Map<number, number>;
}

const levelsMax = 9;

/** Numbers paragraphs as Word prints them. Must be asked in the order of the document. */
export class DocxNumbering {
  readonly #levels = new Map<string, Map<number, ListLevel>>();
  readonly #lists = new Map<string, NumberedList>();
  readonly #counters = new Map<string, number[]>();
  readonly #begun = new Set<string>();

  /** Of `word/numbering.xml`. */
  reader(): XmlHandler {
    let levels = new Map<number, ListLevel>();
    let level: ListLevel | undefined;
    let list: NumberedList | undefined;
    let overridden = 0;
    return {
      open: (name, attributes) => {
        const value = attributes["w:val"] ?? "";
        if (name === "w:abstractNum") {
          levels = new Map();
          this.#levels.set(attributes["w:abstractNumId"] ?? "", levels);
        } else if (name === "w:lvl") {
          level = { start: 1, format: "decimal", text: "" };
          if (list === undefined) levels.set(Number(attributes["w:ilvl"]), level);
        } else if (name === "w:start" && level !== undefined) level.start = toNumber(attributes) ?? 1;
        else if (name === "w:numFmt" && level !== undefined) level.format = value;
        else if (name === "w:lvlText" && level !== undefined) level.text = value.slice(0, 100);
        else if (name === "w:num") {
          list = { abstractId: "", starts: new Map() };
          this.#lists.set(attributes["w:numId"] ?? "", list);
        } else if (name === "w:abstractNumId" && list !== undefined) list.abstractId = value;
        else if (name === "w:lvlOverride") overridden = Number(attributes["w:ilvl"]);
        else if (name === "w:startOverride") list?.starts.set(overridden, toNumber(attributes) ?? 1);
      },
      close: (name) => {
        if (name === "w:num") list = undefined;
        if (name === "w:lvl") level = undefined;
      },
    };
  }

  /** Counts one paragraph of a list: its printed number, `-` for a bullet, `undefined` when the list does not exist. */
  next(listId: string, levelIndex: number): string | undefined {
    const list = this.#lists.get(listId);
    const levels = this.#levels.get(list?.abstractId ?? "");
    const at = Math.min(levelIndex, levelsMax - 1);
    const level = levels?.get(at);
    if (list === undefined || levels === undefined || level === undefined) return undefined;
    const counters = this.#countersOf(listId, list);
    counters[at] = (counters[at] ?? level.start - 1) + 1;
    counters.length = at + 1; // deeper levels begin anew
    for (let above = 0; above < at; above += 1) counters[above] ??= levels.get(above)?.start ?? 1; // left out, but printed
    if (level.format === "bullet") return "-";
    return level.text.replace(/%([1-9])/gu, (_, digit: string) => {
      const index = Number(digit) - 1;
      const of = levels.get(index);
      return formatListNumber(counters[index] ?? of?.start ?? 1, of?.format ?? "decimal");
    });
  }

  /** Lists of one kind count on where the last of them stopped, save where they say that they begin anew. */
  #countersOf(listId: string, list: NumberedList): number[] {
    const counters = this.#counters.get(list.abstractId) ?? [];
    this.#counters.set(list.abstractId, counters);
    if (this.#begun.has(listId)) return counters;
    this.#begun.add(listId);
    for (const [level, start] of list.starts) if (level < levelsMax) counters[level] = start - 1;
    return counters;
  }
}
