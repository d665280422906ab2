import type { LanguageCode } from "@larder/contracts";

/** A way of writing, the languages of the detector that are written in it, and what one letter of it weighs. */
interface Script {
  readonly letters: RegExp;
  /** The first is taken where nothing tells them apart. */
  readonly languages: readonly LanguageCode[];
  /** Letters of an alphabet that say as much as one of its signs. */
  readonly weight: number;
}

/** A Chinese text that names `TypeScript` is Chinese: a sign there stands for about half a word. */
const signWeight = 3; // chosen arbitrarily

/** Digits belong to some scripts, but say nothing about a language. */
const lettersOf = (...names: readonly string[]): RegExp =>
  new RegExp(`(?=[\\p{L}\\p{M}])[${names.map((name) => `\\p{Script=${name}}`).join("")}]`, "gu");

const alphabet = (name: string, ...languages: readonly LanguageCode[]): Script => ({
  letters: lettersOf(name),
  languages,
  weight: 1,
});
const signs = (names: readonly string[], ...languages: readonly LanguageCode[]): Script => ({
  letters: lettersOf(...names),
  languages,
  weight: signWeight,
});

/** Latin is the first. Languages of a script that several share are those that the n-gram detector tells apart. */
const scripts: readonly Script[] = [
  alphabet(
    "Latin",
    ...[
      "en",
      "es",
      "fr",
      "de",
      "it",
      "pt",
      "nl",
      "pl",
      "sv",
      "da",
      "no",
      "fi",
      "cs",
      "sk",
      "hu",
      "ro",
      "tr",
      "vi",
      "ca",
    ],
    ...["eu", "hr", "sr", "sl", "et", "lv", "lt", "is", "sq", "az", "ms", "tl", "yo", "ku"],
  ),
  alphabet("Cyrillic", "ru", "uk", "be", "bg", "sr"),
  alphabet("Arabic", "ar", "fa", "ur", "ku"),
  alphabet("Devanagari", "hi", "mr"),
  alphabet("Greek", "el"),
  alphabet("Hebrew", "he"),
  alphabet("Armenian", "hy"),
  alphabet("Georgian", "ka"),
  alphabet("Bengali", "bn"),
  alphabet("Gurmukhi", "pa"),
  alphabet("Gujarati", "gu"),
  alphabet("Oriya", "or"),
  alphabet("Tamil", "ta"),
  alphabet("Telugu", "te"),
  alphabet("Kannada", "kn"),
  alphabet("Malayalam", "ml"),
  alphabet("Sinhala", "si"),
  alphabet("Ethiopic", "am"),
  alphabet("Thai", "th"),
  alphabet("Lao", "lo"),
  alphabet("Khmer", "km"),
  alphabet("Myanmar", "my"),
  signs(["Hangul"], "ko"),
  signs(["Hiragana", "Katakana"], "ja"),
  signs(["Han"], "zh", "ja"),
];

const ascii = /[\0-\x7f]+/gu;
const asciiLetters = /[a-z]/giu;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const han = /\p{Script=Han}/gu;
/** Chinese names Japanese things now and then; Japanese has kana in every sentence. */
const kanaShareOfJapanese = 0.1; // chosen arbitrarily

export interface MainScript {
  /** Never empty. */
  readonly languages: readonly LanguageCode[];
  /** Of the text's letters by weight, over 0 to 1. */
  readonly share: number;
  /** Letters in this script. */
  readonly letters: number;
}

/** The script that most of a text is in, or `undefined` for a text without letters. Linear time. */
export function findMainScript(text: string): MainScript | undefined {
  const others = text.replace(ascii, "");
  const plainLetters = countOf(text, asciiLetters);
  let sum = 0;
  let best: { readonly script: Script; readonly weight: number; readonly letters: number } | undefined;
  for (const [i, script] of scripts.entries()) {
    const letters = (i === 0 ? plainLetters : 0) + (others === "" ? 0 : countOf(others, script.letters));
    const weight = letters * script.weight;
    sum += weight;
    if (weight > (best?.weight ?? 0)) best = { script, weight, letters };
  }
  if (best === undefined) return undefined;
  const { languages } = best.script;
  const found = { share: best.weight / sum, letters: best.letters };
  if (!languages.includes("ja")) return { ...found, languages };
  // Japanese is Han and kana together.
  const kanaCount = countOf(others, kana);
  const signCount = kanaCount + countOf(others, han);
  return {
    languages: kanaCount > signCount * kanaShareOfJapanese ? ["ja"] : ["zh"],
    share: Math.min(1, (signCount * signWeight) / sum),
    letters: signCount,
  };
}

function countOf(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}
