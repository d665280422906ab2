/**
 * Where to cut `text` so that no run of one kind (white space, or anything else) is longer than `runCharactersMax`.
 *
 * Ascending UTF-16 offsets, none inside a surrogate pair; `[]` when no run is that long. A run is cut from its own start,
 * so that text before it does not move the cuts. Cost: one pass, no allocation but the result.
 */
export function findRunCuts(text: string, runCharactersMax: number): number[] {
  const cuts: number[] = [];
  let start = 0;
  let isSpaceRun = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isSpace = isWhiteSpace(code);
    if (isSpace !== isSpaceRun) {
      isSpaceRun = isSpace;
      start = i;
    } else if (i - start >= runCharactersMax) {
      start = isLowSurrogate(code) && isHighSurrogate(text.charCodeAt(i - 1)) ? i - 1 : i;
      cuts.push(start);
    }
  }
  return cuts;
}

/** The same characters as `\s` in a regular expression, without one call of it per character. */
export function isWhiteSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x2000) return code === 0xa0 || code === 0x1680;
  if (code <= 0x200a) return true;
  return code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000 || code === 0xfeff;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
