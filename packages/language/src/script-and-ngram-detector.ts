import type { DetectedLanguage, LanguageCode, LanguageDetector } from "@larder/contracts";
import { eld } from "eld/extrasmall";
import { findMainScript } from "./main-script.ts";

/** Characters of a text that are read; n-grams of about the first 350 bytes settle a language. */
const charactersRead = 1_000; // the n-grams come from fewer; scripts may change in a heading

/**
 * The script first, because it cannot be wrong: Greek is Greek. Only languages that share a script (Latin, Cyrillic,
 * Arabic, Devanagari) are told apart by n-grams, and only among each other. No state, no I/O; about 40 µs a text.
 *
 * Confidence is the share of such guesses that were right in the questions of XQuAD, cut to one to five words and whole,
 * by how far the best language is ahead of the second: see docs/decisions/0009-languages.md.
 */
export function createLanguageDetector(): LanguageDetector {
  return {
    id: "scripts@1+eld-extrasmall@2.1.0",
    detect(text, among) {
      const head = text.slice(0, charactersRead);
      const script = findMainScript(head);
      if (script === undefined) return undefined;
      const candidates = among === undefined ? script.languages : script.languages.filter((each) => among.has(each));
      const [first, ...others] = candidates;
      if (first === undefined) return undefined;
      if (script.languages.length === 1) return { language: first, confidence: script.share };
      const found =
        others.length === 0 ? { language: first, confidence: 1 } : compare(head, candidates, script.letters);
      return found === undefined ? undefined : { ...found, confidence: found.confidence * script.share };
    },
  };
}

/** Letters between the n-grams that the library takes of a word. */
const lettersPerNgram = 3;

function compare(text: string, candidates: readonly LanguageCode[], letters: number): DetectedLanguage | undefined {
  const scores = eld.detect(text).getScores();
  let best: { readonly language: LanguageCode; readonly score: number } | undefined;
  let secondScore = 0;
  for (const language of candidates) {
    const score = unscale(scores[language] ?? 0);
    if (score > (best?.score ?? 0)) {
      secondScore = best?.score ?? 0;
      best = { language, score };
    } else secondScore = Math.max(secondScore, score);
  }
  if (best === undefined) return undefined;
  const lead = ((best.score - secondScore) * Math.min(letters, 350)) / lettersPerNgram;
  return { language: best.language, confidence: 1 - 0.6 * Math.exp(-lead / 70) };
}

/** The library shows the mean score `g` of an n-gram as `g / (g + 25)`. */
function unscale(score: number): number {
  return score >= 1 ? 0 : (25 * score) / (1 - score);
}
