import type { Random } from "./random.ts";
import { pick } from "./random.ts";

/** How a statement that the evidence supports becomes one that it does not, or the same in other words. */
export const wordings = ["verbatim", "shortened", "joined", "restated"] as const;
export const corruptions = ["number", "name", "negation", "other_passage", "other_answer"] as const;
export type Wording = (typeof wordings)[number];
export type Corruption = (typeof corruptions)[number];

/** Without what stands in brackets and before the first comma; `undefined` when that leaves it as it was. */
export function shorten(sentence: string): string | undefined {
  const bare = sentence.replace(/\s*\([^()]*\)/g, "");
  const [lead = "", ...rest] = bare.split(/,\s+/);
  const main = rest.join(", ");
  const isLead = lead.split(" ").length <= 6 && main.split(" ").length >= 6;
  const short = isLead ? main.charAt(0).toUpperCase() + main.slice(1) : bare;
  return short === sentence ? undefined : short;
}

/** A question and its answer as a statement; only for forms of questions that turn round without a grammar. */
export function restate(question: string, answer: string): string | undefined {
  const text = question.trim().replace(/\?+$/, "");
  const short = answer.trim().replace(/[.,;:]+$/, "");
  const start = short.charAt(0).toUpperCase() + short.slice(1);
  const forms: readonly [RegExp, (parts: RegExpExecArray) => string][] = [
    [/^(?:what|which|who) (is|are|was|were) (.+)$/i, ([, verb, rest]) => `${start} ${verb} ${rest}.`],
    [/^who (?!did|does|do|is|are|was|were)(\w+ .+)$/i, ([, rest]) => `${start} ${rest}.`],
    [/^(?:what|which) \w+ (?!did|does|do|of\b)(\w+(?:ed|s) .+)$/i, ([, rest]) => `${start} ${rest}.`],
    [
      /^where (is|was|are|were) (.+)$/i,
      ([, verb, rest]) => `${sentenceCase(rest)} ${verb} in ${short.replace(/^in /i, "")}.`,
    ],
    [/^how many (.+)$/i, ([, rest]) => `${start} ${rest}.`],
    [/^when (is|was|were) (.+)$/i, ([, verb, rest]) => `${sentenceCase(rest)} ${verb} ${short}.`],
  ];
  for (const [form, write] of forms) {
    const parts = form.exec(text);
    if (parts !== null) return write(parts);
  }
  return undefined;
}

const sentenceCase = (text: string | undefined) => (text ?? "").charAt(0).toUpperCase() + (text ?? "").slice(1);

/** One number becomes another of the same length. */
export function changeNumber(sentence: string, random: Random): string | undefined {
  const numbers = [...sentence.matchAll(/\d+/g)];
  const chosen = pick(numbers, random);
  if (chosen === undefined) return undefined;
  const old = chosen[0];
  const first = Number(old[0]);
  const digit =
    old.length === 1 ? (first + 1 + Math.floor(random() * 8)) % 10 : 1 + ((first + Math.floor(random() * 8)) % 9);
  return `${sentence.slice(0, chosen.index)}${digit}${sentence.slice(chosen.index + 1)}`;
}

const nameForm = /(?<=[\p{Ll},] )\p{Lu}[\p{L}’'-]{2,}(?: \p{Lu}[\p{L}’'-]{2,})*/gu;

export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(nameForm)].map(([name]) => name);
}

/** One name inside the sentence becomes one that does not stand in it. */
export function changeName(sentence: string, others: readonly string[], random: Random): string | undefined {
  const chosen = pick([...sentence.matchAll(nameForm)], random);
  const other = pick(
    others.filter((name) => !sentence.includes(name)),
    random,
  );
  if (chosen === undefined || other === undefined) return undefined;
  return sentence.slice(0, chosen.index) + other + sentence.slice(chosen.index + chosen[0].length);
}

/** A "not" goes, or one comes behind the first auxiliary. */
export function changeNegation(sentence: string): string | undefined {
  if (/\b(?:not|never) /.test(sentence)) return sentence.replace(/\b(?:not|never) /, "");
  const changed = sentence.replace(
    /\b(is|are|was|were|has|have|had|can|could|may|will|would|should|must) (?!not\b)/,
    "$1 not ",
  );
  return changed === sentence ? undefined : changed;
}
