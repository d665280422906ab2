import type { QueryMatch } from "./late-interaction.ts";
import { headsOf, nameOf, saysName, unwrapped } from "./passage-links.ts";
import type { RankedPassage } from "./stretch.ts";

/** Share of the question that the best passage must leave open. @source docs/decisions/0013-links.md */
const openMin = 0.1;

/** Passages among which one must name the document of a candidate. Chosen arbitrarily. */
const passagesRead = 10;

/** Words of a name; what has more is a title of a work, and the first ones find it. Chosen arbitrarily. */
const wordsMax = 6;

/**
 * Names in the best passages that are worth a second search: the question has not said them, and no candidate is their
 * document; and the titles of the best passages, for others may name them. At most `namesMax`, titles first, then in the
 * order of the texts, the best passage's first.
 *
 * None, and so no second search, where the best passage holds nearly all of the question, or where none of the best ten
 * names the document of a candidate: then titles are probably no names here, and nothing that is brought would be linked.
 *
 * @param ranked - Best first.
 * @source Qi et al.: Answering Complex Open-domain Questions Through Iterative Query Generation, EMNLP 2019,
 * arXiv:1910.07000 (the second query comes from the first one's passages); Rocchio: Relevance Feedback in Information
 * Retrieval, 1971 (from the best passages without a person's judgement: pseudo-relevance feedback)
 */
export function namesToFollow(
  question: string,
  ranked: readonly RankedPassage[],
  match: QueryMatch,
  namesMax: number,
): readonly string[] {
  const [first] = ranked;
  if (first === undefined || namesMax === 0) return [];
  const matched = match.passages.get(first.passage.label);
  if (matched === undefined || match.shareOf(matched) > 1 - openMin) return [];
  const heads = headsOf(ranked);
  const titles = new Set(ranked.map(({ passage }) => nameOf(passage.title)));
  const isLinked = ranked.slice(0, passagesRead).some(({ passage: { title, text } }) => {
    const own = nameOf(title);
    const whole = unwrapped(text);
    return [...titles].some((other) => other !== own && saysName(whole, other));
  });
  if (!isLinked) return [];
  const headTitles = new Set(heads.map(({ name }) => name));
  const asked = new Set(wordsOf(question));
  const names = new Set([...headTitles, ...heads.flatMap(({ text }) => namesIn(text))]);
  return [...names]
    .filter((name) => (!titles.has(name) || headTitles.has(name)) && wordsOf(name).some((word) => !asked.has(word)))
    .slice(0, namesMax);
}

/**
 * Runs of words that begin with a capital or a digit, one space between them, with at least one capital. A full stop ends
 * a run where three letters stand before it: `St. James` and `No. 5` are runs, and so, wrongly, is `1879. He`. A single
 * word that begins a sentence is none: its capital says nothing.
 */
export function namesIn(text: string): readonly string[] {
  const runs = text.matchAll(
    /(?<![\p{L}\p{M}\p{N}])[\p{Lu}\p{N}][\p{L}\p{M}\p{N}'’.-]*(?:(?<!\p{L}{3}\.) [\p{Lu}\p{N}][\p{L}\p{M}\p{N}'’.-]*)*/gu,
  );
  return [...runs].flatMap(({ 0: run, index }) => {
    const words = run.split(" ").slice(0, wordsMax);
    const name = words.join(" ").replace(/[.'’-]+$/u, "");
    const isOpening =
      words.length === 1 && /(?:^|[.!?:\n]["'”’)]*\s*)["'“‘(]*$/u.test(text.slice(Math.max(0, index - 6), index));
    return isOpening || name.length < 2 || !/\p{Lu}/u.test(name) ? [] : [name];
  });
}

function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? []
  );
}
