import type { LanguageCode } from "@larder/contracts";

/** Languages of a knowledge base's passages, with how many passages ever came in each. */
export type HeldLanguages = Readonly<Record<LanguageCode, number>>;

/**
 * What is held once passages of these languages came. A passage whose language is not known is read as English. Passages
 * that go are not taken off: the counts only tell languages that matter from mistakes of the detector.
 */
export function holdLanguages(held: HeldLanguages, added: readonly (LanguageCode | undefined)[]): HeldLanguages {
  const counts = { ...held };
  for (const language of added) counts[language ?? "en"] = (counts[language ?? "en"] ?? 0) + 1;
  return counts;
}
