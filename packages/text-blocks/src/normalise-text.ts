export interface NormalisedText {
  readonly text: string;
  /** Characters that became U+FFFD: NUL and halves of surrogate pairs. */
  readonly replaced: number;
}

/**
 * Well-formed UTF-16 with `\n` line ends, no byte order mark and no NUL. Everything else stays as it is, so that line
 * numbers of the source hold. Linear; text that is normal already is returned as it came.
 */
export function normaliseText(raw: string): NormalisedText {
  let text = raw.startsWith("\uFEFF") ? raw.slice(1) : raw;
  if (text.includes("\r")) text = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  let replaced = 0;
  text = text.replace(/[\0\p{Surrogate}]/gu, () => {
    replaced += 1;
    return "\uFFFD";
  });
  return { text, replaced };
}

/** Letters, digits, punctuation and symbols, save those that are drawn as nothing. */
const visible = /(?![\u115F\u1160\u2800\u3164\uFFA0\uFFFD])[\p{L}\p{N}\p{P}\p{S}]/u;

export function hasVisibleCharacter(text: string): boolean {
  return visible.test(text);
}
