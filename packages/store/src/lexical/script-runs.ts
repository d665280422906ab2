/** Written without spaces, in signs that mostly are words or syllables: pairs of signs are the terms. */
const paired = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\u30fc\\u3005";
/** Written without spaces, in letters: a dictionary has to say where words end. */
const segmented = "\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";

const specialRun = new RegExp(`([${paired}]+)|([${segmented}]+)`, "gu");
const hasSpecial = new RegExp(`[${paired}${segmented}]`, "u");

export interface ScriptRun {
  readonly kind: "spaced" | "paired" | "segmented";
  readonly text: string;
}

/** Cuts a word where its way of writing changes: `Node入門` is a spaced and a paired run. */
export function splitScripts(word: string): readonly ScriptRun[] {
  if (!hasSpecial.test(word)) return [{ kind: "spaced", text: word }];
  const runs: ScriptRun[] = [];
  let end = 0;
  for (const match of word.matchAll(specialRun)) {
    if (match.index > end) runs.push({ kind: "spaced", text: word.slice(end, match.index) });
    runs.push({ kind: match[1] === undefined ? "segmented" : "paired", text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < word.length) runs.push({ kind: "spaced", text: word.slice(end) });
  return runs;
}

/** `東京都` is `東京`, `京都`: overlapping pairs need no dictionary and find any part of a longer word. */
export function pairsOf(text: string): readonly string[] {
  const signs = Array.from(text);
  return signs.length === 1 ? signs : signs.slice(1).map((sign, i) => `${signs[i]}${sign}`);
}

export function lastSignOf(text: string): string {
  return Array.from(text.slice(-2)).at(-1) ?? "";
}

const loneSign = new RegExp(`^[${paired}]$`, "u");

/** A query's term of one sign: words that hold it are longer, and their pairs begin with it. */
export function isLoneSign(term: string): boolean {
  return loneSign.test(term);
}

const pairedTerm = new RegExp(`^[${paired}]{1,2}$`, "u");

/** One of {@link pairsOf}, or a lone sign. */
export function isPaired(term: string): boolean {
  return pairedTerm.test(term);
}

const segmenter = new Intl.Segmenter("th", { granularity: "word" });

export function segmentsOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
