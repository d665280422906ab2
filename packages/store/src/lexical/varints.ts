/**
 * SQLite's numbers of one to nine bytes, seven bits each, the highest first; all but the last have their top bit set. Of the ninth
 * byte, which would take all its eight bits, nothing here has need: a safe integer fits into eight.
 * @source https://www.sqlite.org/fileformat2.html#varint
 */
export function decodeVarints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers;
}

/** @param numbers - Safe integers, none below zero */
export function encodeVarints(numbers: readonly number[]): Buffer {
  return Buffer.from(numbers.flatMap(varintOf));
}

function varintOf(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 + (rest % 128));
  return bytes;
}
