/** Letters that Unicode does not decompose although readers type them without their mark, or in another shape. */
const plainLetters: Readonly<Record<string, string>> = {
  æ: "ae",
  ð: "d",
  ø: "o",
  þ: "th",
  đ: "d",
  ħ: "h",
  ı: "i",
  ł: "l",
  œ: "oe",
  ŧ: "t",
  ß: "ss",
  ς: "σ",
  ё: "е",
  // Arabic and Persian: forms of yeh, kaf and heh that keyboards and writers use for one another.
  "\u0649": "\u064a",
  "\u06cc": "\u064a",
  "\u06a9": "\u0643",
  "\u0629": "\u0647",
  "\u06be": "\u0647",
  "\u06c1": "\u0647",
  "\u06c0": "\u0647",
  // Devanagari: the nasal mark with and without its moon.
  "\u0901": "\u0902",
};

const unplain = new RegExp(`[${Object.keys(plainLetters).join("")}]`, "gu");
/** Marks on Latin and Greek letters. Elsewhere marks are letters in their own right, such as vowels in Devanagari. */
const latinMarks = /(?<=[\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu;
/** Accents that dictionaries put on Cyrillic vowels. On consonants they make letters of their own: ѓ, ќ. */
const cyrillicStress = /(?<=[аеиоуыэюяіє])[\u0300\u0301]/gu;
/** Dots that mark borrowed sounds in Devanagari and that many leave out. */
const devanagariDots = /\u093c/gu;
/** Vowel points that Arabic and Hebrew texts mostly leave out, hamza above or below, and the lengthening stroke. */
const vowelPoints = /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u0640\u064b-\u065f\u0670]/gu;
const isAscii = /^[\0-\x7f]*$/;

/** One spelling for letters with and without their marks: `café` is `cafe`. Expects and gives lower case. */
export function foldLetters(word: string): string {
  if (isAscii.test(word)) return word;
  return word
    .normalize("NFD")
    .replace(latinMarks, "")
    .replace(cyrillicStress, "")
    .replace(devanagariDots, "")
    .replace(vowelPoints, "")
    .normalize("NFC")
    .replace(unplain, (letter) => plainLetters[letter] ?? letter);
}
