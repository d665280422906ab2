/** A vendor's place in its line-up, such as `openai/gpt-mini`, and which of its generations a model is. */
export interface ModelSlot {
  readonly slot: string;
  /** Compared number by number; a missing one is 0. */
  readonly version: readonly number[];
}

/** `20260101`, `0731`, `2026`: when a snapshot was made, not which generation it is. */
const isDate = (part: string) => /^(?:20\d{6}|20\d{2}|[01]\d[0-3]\d)$/.test(part);
const isMaturity = (part: string) => /^(?:preview|latest|exp|experimental|beta|it|instruct|chat)$/.test(part);

/**
 * Reads a name: numbers are the version, dates and words of maturity are passed over, what is left is the slot.
 * Sizes such as `70b` are part of the slot. A guess from names alone, and told as one wherever it is shown.
 *
 * @example slotOfModel("openai", "gpt-5.4-mini"); // => { slot: "openai/gpt-mini", version: [5, 4] }
 */
export function slotOfModel(provider: string, model: string): ModelSlot {
  const words: string[] = [];
  const version: number[] = [];
  const name = (model.split("/").at(-1) ?? model).toLowerCase();
  const parts = name.replace(/[-_]20\d{2}[-_]\d{2}[-_]\d{2}/, "").split(/[-_:]/);
  for (const part of parts) {
    if (part === "" || isMaturity(part) || isDate(part)) continue;
    const numbers = /^([a-z]*?)v?(\d+(?:\.\d+)*)(o?)$/.exec(part);
    if (numbers === null) {
      words.push(part);
      continue;
    }
    const [, word = "", digits = ""] = numbers;
    if (word !== "") words.push(word);
    version.push(...digits.split(".").map(Number));
  }
  return { slot: `${provider}/${words.join("-")}`, version };
}

/** Below 0 where `a` is the older generation. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One spelling of a model's name over providers and lists: dots are dashes, and a snapshot is its model. */
export function spellingOfModel(model: string): string {
  return (model.split("/").at(-1) ?? model)
    .toLowerCase()
    .replaceAll(".", "-")
    .replace(/-20\d{2}-?\d{2}-?\d{2}$/, "");
}
