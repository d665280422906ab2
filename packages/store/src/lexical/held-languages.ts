import type { LanguageCode } from "@larder/contracts";

/**
 * The languages of a knowledge base once passages of these came to it, in alphabetical order. A passage whose language
 * is not known is read as English. One that goes takes none away: what stays costs short queries a few terms.
 */
export function holdLanguages(
  held: readonly LanguageCode[],
  added: readonly (LanguageCode | undefined)[],
): readonly LanguageCode[] {
  return [...new Set([...held, ...added.map((language) => language ?? "en")])].toSorted();
}
