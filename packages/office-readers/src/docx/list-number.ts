const romans: readonly (readonly [number, string])[] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

/** A list's number as it is printed; formats that are not known here are printed in digits. */
export function formatListNumber(number: number, format: string): string {
  if (format === "lowerLetter") return letters(number);
  if (format === "upperLetter") return letters(number).toUpperCase();
  if (format === "lowerRoman") return roman(number);
  if (format === "upperRoman") return roman(number).toUpperCase();
  if (format === "decimalZero") return String(number).padStart(2, "0");
  return format === "none" ? "" : String(number);
}

/** a … z, then aa, bb, … */
function letters(number: number): string {
  if (number < 1 || number > 780) return String(number);
  return String.fromCharCode(97 + ((number - 1) % 26)).repeat(Math.ceil(number / 26));
}

function roman(number: number): string {
  if (number < 1 || number > 3_999) return String(number);
  let rest = number;
  let text = "";
  for (const [value, digits] of romans) {
    while (rest >= value) {
      text += digits;
      rest -= value;
    }
  }
  return text;
}
