/** What a sentence says that no paraphrase may change. Lower case, without order. */
export interface ExactFacts {
  /** Digits and number words alike: `1200`, `3.5`, `7`. */
  readonly numbers: ReadonlySet<string>;
  /** Capitalised inside a sentence, and whatever mixes capitals or digits into a word: `curie`, `ace2`, `who`. */
  readonly names: ReadonlySet<string>;
  readonly isNegated: boolean;
}

const numberWords = new Map(
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((word, n) => [word, String(n)]),
);
const months = new Map(
  "january february march april may june july august september october november december"
    .split(" ")
    .map((month) => [month, month]),
);

/** Told apart from other words: a neighbouring sentence's "never" must not count as one of the claim's. */
export const negators: ReadonlySet<string> = new Set(
  "not no never none neither nor cannot without nobody nothing nicht kein keine keinen nie ohne ningún ninguna nunca jamás sin pas jamais aucun aucune sans".split(
    " ",
  ),
);

/** Words, with inner marks: `3.5`, `covid-19`, `o'neill`. */
const wordForm = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}]|['’.,\-/](?=[\p{L}\p{N}]))*/gu;

export function exactFactsOf(text: string): ExactFacts {
  const numbers = new Set<string>();
  const names = new Set<string>();
  let isNegated = false;
  const words = [...text.normalize("NFKC").matchAll(wordForm)].map((match) => ({ word: match[0], at: match.index }));
  words.forEach(({ word, at }, index) => {
    const lower = word.toLowerCase();
    for (const number of numbersIn(lower)) numbers.add(number);
    const spelled = numberWords.get(lower);
    // "one" is a pronoun more often than a number
    if (spelled !== undefined && lower !== "one") numbers.add(spelled);
    if (negators.has(lower) || /n['’]t$/.test(lower)) isNegated = !isNegated;
    if (/^\p{N}/u.test(word)) return;
    const isMixed = /\p{L}/u.test(word) && (/.\p{Lu}/u.test(word) || /\p{N}/u.test(word));
    const isFirst = index === 0 || /[.!?:]["”’)]?\s*$/u.test(text.slice(Math.max(0, at - 4), at));
    const isBeforeName = /^\p{Lu}/u.test(words[index + 1]?.word ?? "");
    const isCapitalised = /^\p{Lu}\p{Ll}/u.test(word) && (!isFirst || isBeforeName);
    if (isMixed || months.has(lower) || (isCapitalised && lower.length > 1)) addName(names, lower);
  });
  return { numbers, names, isNegated };
}

/** `mother-to-child` is three words to whoever writes it otherwise. */
function addName(names: Set<string>, lower: string): void {
  names.add(lower.replace(/['’]s$/, "").replace(/[.,\-/].*$/, ""));
}

function numbersIn(word: string): readonly string[] {
  const plain = word.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
  return (plain.match(/\d+(?:\.\d+)?/g) ?? []).map((digits) => digits.replace(/^0+(?=\d)/, "").replace(/\.0+$/, ""));
}

/** How much of `wanted` is not held: 0 for none, from 0.5 for one of many to 1 for all. One wrong number is a wrong claim. */
export function missingFacts(wanted: ReadonlySet<string>, isHeld: (fact: string) => boolean): number {
  let missing = 0;
  for (const fact of wanted) if (!isHeld(fact)) missing += 1;
  return missing === 0 ? 0 : 0.5 + (0.5 * missing) / wanted.size;
}
