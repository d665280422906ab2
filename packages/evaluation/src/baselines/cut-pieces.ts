/** A stretch of one text, half-open. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

const separators = ["\n\n", "\n", ". ", " "];

/**
 * Cuts as the recursive character splitters of the field do, without overlap: at blank lines where pieces then fit, else
 * lines, else sentences, else words, else anywhere; neighbouring small pieces are joined up to `charactersMax`. White
 * space at either end is left out, and so is a piece of nothing else.
 */
export function cutRecursively(text: string, charactersMax: number): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const part of cutAt(text, { start: 0, end: text.length }, 0, charactersMax)) {
    const last = joined.at(-1);
    if (last !== undefined && part.end - last.start <= charactersMax) {
      joined[joined.length - 1] = { start: last.start, end: part.end };
    } else joined.push(part);
  }
  return joined.flatMap((stretch) => trimmed(text, stretch));
}

/** In order, covering the whole stretch; each part keeps the separator that ends it. */
function cutAt(text: string, whole: Stretch, level: number, charactersMax: number): readonly Stretch[] {
  if (whole.end - whole.start <= charactersMax) return [whole];
  const separator = separators[level];
  if (separator === undefined) return slices(whole, charactersMax);
  const parts: Stretch[] = [];
  for (let start = whole.start; start < whole.end; ) {
    const found = text.indexOf(separator, start);
    const end = found < 0 || found + separator.length > whole.end ? whole.end : found + separator.length;
    parts.push({ start, end });
    start = end;
  }
  return parts.flatMap((part) => cutAt(text, part, level + 1, charactersMax));
}

function slices({ start, end }: Stretch, size: number): readonly Stretch[] {
  return Array.from({ length: Math.ceil((end - start) / size) }, (_, i) => ({
    start: start + i * size,
    end: Math.min(end, start + (i + 1) * size),
  }));
}

/** Windows of about `size` tokens that each begin `size - overlap` after the one before, cut between words. */
export function cutWindows(
  text: string,
  countTokens: (text: string) => number,
  { size, overlap }: { readonly size: number; readonly overlap: number },
): readonly Stretch[] {
  const words = [...text.matchAll(/\s*\S{1,200}/g)].map(({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
    tokens: countTokens(word),
  }));
  const windows: Stretch[] = [];
  let from = 0;
  while (from < words.length) {
    let to = from;
    let next = from;
    for (let tokens = 0; to < words.length; to += 1) {
      const more = words[to]?.tokens ?? 0;
      if (to > from && tokens + more > size) break;
      tokens += more;
      if (tokens <= size - overlap) next = to + 1;
    }
    windows.push({ start: words[from]?.start ?? 0, end: words[to - 1]?.end ?? text.length });
    if (to >= words.length) break;
    from = Math.max(from + 1, next);
  }
  return windows.flatMap((stretch) => trimmed(text, stretch));
}

function trimmed(text: string, { start, end }: Stretch): readonly Stretch[] {
  const part = text.slice(start, end);
  const from = start + part.length - part.trimStart().length;
  const to = start + part.trimEnd().length;
  return to > from ? [{ start: from, end: to }] : [];
}
