/**
 * Characters that show nothing: soft hyphens of typeset text, joiners of Indic letters, marks of direction. Between
 * Arabic letters the non-joiner parts a word from its prefix, as a space would, so it stays there as a break.
 */
const invisible =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\u200d|(?<!\p{Script=Arabic})\u200c/gu;
/** `צה"ל` is one word: the quotation mark says that its letters are initials. */
const hebrewInitials = /(?<=\p{Script=Hebrew})["״](?=\p{Script=Hebrew})/gu;
const foreignDigits = /(?![0-9])\p{Nd}/gu;
const thousands = /(?<=\p{N}),(?=\p{N}{3}(?!\p{N}))/gu;
const isAscii = /^[\0-\x7f]*$/;

/** The digit zero of scripts whose digits readers also type as 0 to 9; each is followed by its nine others. */
const zeros = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x17e0, 0x1810,
];

/** Text in the one spelling that words are cut from: NFKC, nothing invisible, `२०२४` as `2024`, `1,234` as `1234`. */
export function normaliseText(text: string): string {
  if (isAscii.test(text)) return text.replace(thousands, "");
  return text
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(hebrewInitials, "")
    .replace(foreignDigits, toAsciiDigit)
    .replace(thousands, "");
}

function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  const zero = zeros.find((each) => code >= each && code < each + 10);
  return zero === undefined ? digit : String(code - zero);
}
