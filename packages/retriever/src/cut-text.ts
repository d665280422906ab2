const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
const words = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Length of the longest beginning of `text` that ends with a sentence and still fits; with a word, when not even the
 * first sentence does. 0 when nothing fits. White space at the cut is left out.
 *
 * @param fits - Asked of growing beginnings; once it says no it is taken to say no to all longer ones.
 */
export function fittingLength(text: string, fits: (beginning: string) => boolean): number {
  for (const segmenter of [sentences, words]) {
    const ends = [...segmenter.segment(text)].map(
      ({ index, segment }) => text.slice(0, index + segment.length).trimEnd().length,
    );
    const length = longestFitting(ends, (end) => fits(text.slice(0, end)));
    if (length > 0) return length;
  }
  return 0;
}

function longestFitting(ends: readonly number[], fits: (end: number) => boolean): number {
  let best = 0;
  let low = 0;
  let high = ends.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const end = ends[middle] ?? 0;
    if (end > 0 && !fits(end)) {
      high = middle - 1;
    } else {
      best = end;
      low = middle + 1;
    }
  }
  return best;
}
