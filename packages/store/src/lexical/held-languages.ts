import type { LanguageCode } from "@larder/contracts";

/** Languages of a knowledge base's passages, with how many passages are in each; none with 0. */
export type HeldLanguages = Readonly<Record<LanguageCode, number>>;

/** A passage whose language is not known is read as English, and counted so. */
export type PassageLanguage = LanguageCode | null | undefined;

/**
 * What is held once passages of these languages came and went. The codes are in their order, so that the same passages
 * are the same value, in whichever order they came.
 */
export function holdLanguages(
  held: HeldLanguages,
  added: readonly PassageLanguage[],
  removed: readonly PassageLanguage[] = [],
): HeldLanguages {
  const counts = new Map(Object.entries(held));
  const count = (language: PassageLanguage, by: number) =>
    counts.set(language ?? "en", (counts.get(language ?? "en") ?? 0) + by);
  for (const language of added) count(language, 1);
  for (const language of removed) count(language, -1);
  return Object.fromEntries(
    [...counts].filter(([, passages]) => passages > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
