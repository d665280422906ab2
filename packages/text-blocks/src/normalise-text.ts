export interface NormalisedText {
  readonly text: string;
  /** Characters that became U+FFFD: NUL and halves of surrogate pairs. */
  readonly replaced: number;
}

/**
 * Well-formed UTF-16 with `\n` line ends, no byte order mark and no NUL, in the characters by which words are searched:
 * Latin ligatures become their letters, spaces of special widths that part words become spaces, and characters that only
 * tell where a line may break go. Everything else stays as it is, so that line numbers of the source hold. Linear; text
 * that is normal already is returned as it came.
 */
export function normaliseText(raw: string): NormalisedText {
  let text = raw.startsWith("\uFEFF") ? raw.slice(1) : raw;
  if (text.includes("\r")) text = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  if (typographic.test(text))
    text = text
      .replace(/[\uFB00-\uFB06]/gu, toLetters)
      .replace(spaces, " ")
      .replace(breaks, "");
  let replaced = 0;
  text = text.replace(/[\0\p{Surrogate}]/gu, () => {
    replaced += 1;
    return "\uFFFD";
  });
  return { text, replaced };
}

const typographic = /[\u00A0\u00AD\u2000-\u200B\u202F\u205F\u2060\uFB00-\uFB06\uFEFF]/u;
const spaces = /[\u00A0\u2000-\u200A\u202F\u205F]/gu;
/** Soft hyphen, zero-width space, word joiner and its old form. Joiners that shape letters and emoji stay. */
const breaks = /[\u00AD\u200B\u2060\uFEFF]/gu;

function toLetters(ligature: string): string {
  return ligature.normalize("NFKC");
}

/** Letters, digits, punctuation and symbols, save those that are drawn as nothing. */
const visible = /(?![\u115F\u1160\u2800\u3164\uFFA0\uFFFD])[\p{L}\p{N}\p{P}\p{S}]/u;

export function hasVisibleCharacter(text: string): boolean {
  return visible.test(text);
}
