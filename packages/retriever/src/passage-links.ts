import type { Label, StoredPassage } from "@larder/contracts";
import type { QueryMatch } from "./late-interaction.ts";
import type { RankedPassage } from "./stretch.ts";

/**
 * Best passages whose links count. One or three gain as much, as far as could be told. @source docs/decisions/0013-links.md
 */
const headsCount = 2;

/** A link against its direction, from a passage that names the head's document: any overview names many. Measured there. */
const backwardStrength = 0.5;

/** A passage with the name of its document. */
export interface NamedPassage {
  readonly passage: StoredPassage;
  /** As {@link nameOf} reads it from the title. */
  readonly name: string;
  /** {@link unwrapped}. */
  readonly text: string;
}

export function withName(passage: StoredPassage): NamedPassage {
  return { passage, name: nameOf(passage.title), text: unwrapped(passage.text) };
}

/** The best passages, from which links are followed. @param ranked - Best first. */
export function headsOf(ranked: readonly RankedPassage[]): readonly NamedPassage[] {
  return ranked.slice(0, headsCount).map(({ passage }) => withName(passage));
}

/**
 * Adds to the scores of passages that are linked with one of the best two, the heads, and say of the question what that
 * one leaves open: the second hop of a question that no passage answers alone. One passage is linked with another of
 * another document when its text names that document's title, word for word (strength 1), or is named by it (½).
 *
 *     link  = strength × share of what the head leaves open of the question that the passage holds, 0 … 1
 *     score = score + weight × greatest link
 *
 * A score that would exceed 1 scales all of them to at most 1. Nothing changes where nothing is linked, which is the rule
 * where titles are no names. Best first again; ties go to the smaller label. Pure.
 * Cost: two searches of a string for each pair of a head and a candidate.
 *
 * @param ranked - Best first.
 * @source Asai et al.: Learning to Retrieve Reasoning Paths over Wikipedia Graph, ICLR 2020, arXiv:1911.10470 (passages by
 * the links of those found first); Carbonell, Goldstein: The Use of MMR, SIGIR 1998 (what a passage adds to those above it)
 */
export function addLinks(ranked: readonly RankedPassage[], match: QueryMatch, weight: number): RankedPassage[] {
  const links = linksOf(ranked, match);
  if (links.size === 0 || weight === 0) return [...ranked];
  const added = ranked.map((each) => {
    const link = links.get(each.passage.label);
    return link === undefined ? each : { ...each, score: each.score + weight * link, scores: { ...each.scores, link } };
  });
  const greatest = Math.max(1, ...added.map(({ score }) => score));
  return added
    .map((each) => ({ ...each, score: each.score / greatest }))
    .sort((a, b) => b.score - a.score || a.passage.label - b.passage.label);
}

function linksOf(ranked: readonly RankedPassage[], match: QueryMatch): ReadonlyMap<Label, number> {
  const links = new Map<Label, number>();
  const named = ranked.map(({ passage }) => withName(passage));
  for (const head of headsOf(ranked)) {
    const opens = openOf(head.passage, match);
    for (const other of named) {
      const strength = linkStrength(head, other);
      const link = strength === 0 ? 0 : strength * opens(other.passage);
      if (link > (links.get(other.passage.label) ?? 0)) links.set(other.passage.label, link);
    }
  }
  return links;
}

/** How directly two passages are linked: 1, ½ or 0. */
export function linkStrength(head: NamedPassage, other: NamedPassage): number {
  if (head.passage.documentId === other.passage.documentId || head.name === other.name) return 0;
  if (saysName(head.text, other.name)) return 1;
  return saysName(other.text, head.name) ? backwardStrength : 0;
}

/** Share of what the head leaves open of the question that a passage holds. */
function openOf(head: StoredPassage, match: QueryMatch): (passage: StoredPassage) => number {
  const own = match.passages.get(head.label);
  const held = own === undefined ? 0 : match.shareOf(own);
  return ({ label }) => {
    const other = match.passages.get(label);
    if (own === undefined || other === undefined || held >= 1) return 0;
    const together = other.best.map((each, i) => Math.max(each, own.best[i] ?? 0));
    return Math.min(1, Math.max(0, (match.shareOf({ ...other, best: together }) - held) / (1 - held)));
  };
}

/**
 * The name that a title gives to its document, without what tells it from others of the same name (`Lilu (mythology)`).
 * Empty for a title that can be no name: shorter than three characters (two in scripts without capitals), beginning with
 * anything but a capital, a digit or a letter of such a script, or a mere number.
 */
export function nameOf(title: string): string {
  const name = withoutBrackets(title.trimEnd()).trim();
  return /^(?:[\p{Lu}\p{N}]..|\p{Lo}.)/u.test(name) && /\p{L}/u.test(name) ? name : "";
}

/** Without the brackets at its end and what stands in them, others included, or a closing one that nothing opens. */
function withoutBrackets(title: string): string {
  let end = title.length;
  for (; title[end - 1] === ")"; end -= 1) {
    const open = openingOf(title, end - 1);
    if (open >= 0) return title.slice(0, open);
  }
  return title.slice(0, end);
}

/** Where the bracket stands that the one at `close` closes; -1 for nowhere. */
function openingOf(title: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    if (title[at] === ")") depth += 1;
    else if (title[at] === "(") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Lines of one paragraph as one: a name may stand over the end of a line. */
export function unwrapped(text: string): string {
  return text.replace(/(?<=\S)[^\S\n]*\n[^\S\n]*(?=\S)/g, " ");
}

/** Whether a text has a name, letter for letter and not inside of other words. Nothing has the empty one. */
export function saysName(text: string, name: string): boolean {
  if (name === "") return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!isCasedOrDigit(text[at - 1]) && !isCasedOrDigit(text[at + name.length])) return true;
  }
  return false;
}

/** Letters without case do not count: Chinese has no spaces between words. */
function isCasedOrDigit(character = ""): boolean {
  return /[\p{Lu}\p{Ll}\p{N}\p{M}]/u.test(character);
}
