/** `[a b c d e f]` as in ISO 32000-1, 8.3.3: `x' = ax + cy + e`, `y' = bx + dy + f`. */
export type PdfMatrix = readonly [number, number, number, number, number, number];

export const identityMatrix: PdfMatrix = [1, 0, 0, 1, 0, 0];

/** `inner` first, then `outer`. */
export function multiplyMatrices(inner: PdfMatrix, outer: PdfMatrix): PdfMatrix {
  const [a, b, c, d, e, f] = inner;
  const [outerA, outerB, outerC, outerD, outerE, outerF] = outer;
  return [
    a * outerA + b * outerC,
    a * outerB + b * outerD,
    c * outerA + d * outerC,
    c * outerB + d * outerD,
    e * outerA + f * outerC + outerE,
    e * outerB + f * outerD + outerF,
  ];
}

/** Six finite numbers from an array of any kind; the identity for everything else, as pdf.js draws it. */
export function toMatrix(value: unknown): PdfMatrix {
  if (typeof value !== "object" || value === null) return identityMatrix;
  const numbers = Array.from({ length: 6 }, (_, index) => Number((value as Record<number, unknown>)[index]));
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers;
  return numbers.every((number) => Number.isFinite(number)) ? [a, b, c, d, e, f] : identityMatrix;
}

/** The page upright, whichever way its `/Rotate` turns it; in degrees, clockwise. */
export function uprightMatrix(rotate: number): PdfMatrix {
  switch (((rotate % 360) + 360) % 360) {
    case 90:
      return [0, -1, 1, 0, 0, 0];
    case 180:
      return [-1, 0, 0, -1, 0, 0];
    case 270:
      return [0, 1, -1, 0, 0, 0];
    default:
      return identityMatrix;
  }
}
