/** Letters that Unicode does not decompose although readers type them without their mark. */
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
  ё: "е",
};

const unplain = new RegExp(`[${Object.keys(plainLetters).join("")}]`, "gu");
/** Marks on Latin and Greek letters. Elsewhere marks are letters in their own right, such as vowels in Devanagari. */
const latinMarks = /(?<=[\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu;
/** Vowel points that Arabic and Hebrew texts mostly leave out, and the Arabic lengthening stroke. */
const vowelPoints = /[\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u0640\u064b-\u065f\u0670]/gu;
const isAscii = /^[\0-\x7f]*$/;

/** One spelling for letters with and without their marks: `café` is `cafe`. Expects and gives lower case. */
export function foldLetters(word: string): string {
  if (isAscii.test(word)) return word;
  return word
    .replace(unplain, (letter) => plainLetters[letter] ?? letter)
    .normalize("NFD")
    .replace(latinMarks, "")
    .replace(vowelPoints, "")
    .normalize("NFC");
}
