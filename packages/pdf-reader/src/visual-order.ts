const backward = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const forward = /[\p{L}\p{Nd}]/u;
const letter = /\p{L}/u;
const mark = /^\p{M}+$/u;

/** Whether the text holds a letter of a script that is written from right to left. */
export function isRightToLeft(text: string): boolean {
  return text >= "\u0590" && backward.test(text);
}

/**
 * Glyphs from left to right, as they stand on the page, to text in the order in which it is read. A simple inverse of
 * the Unicode Bidirectional Algorithm (UAX #9): whole words in the other direction keep together, numbers and Latin
 * words among right-to-left text stay as they are. A ligature is one glyph, so its letters keep their order.
 */
export function toLogicalOrder(glyphs: readonly string[]): string {
  const clusters = attachMarks(glyphs);
  const letters = clusters.filter((cluster) => letter.test(cluster));
  const isBackwardLine = letters.filter(isRightToLeft).length * 2 >= letters.length;
  const spans = isBackwardLine
    ? spansOf(clusters, (cluster) => forward.test(cluster) && !isRightToLeft(cluster), isRightToLeft)
    : spansOf(clusters, isRightToLeft, (cluster) => forward.test(cluster) && !isRightToLeft(cluster));
  const ordered = isBackwardLine ? [...spans].reverse() : spans;
  return ordered
    .map(({ items, isMarked }) => (isMarked === isBackwardLine ? items : [...items].reverse().map(mirror)).join(""))
    .join("");
}

/** Marks stand over the letter before them, whatever the direction. */
function attachMarks(glyphs: readonly string[]): readonly string[] {
  const clusters: string[] = [];
  for (const glyph of glyphs) {
    const before = clusters.at(-1);
    if (before !== undefined && mark.test(glyph) && before !== " ") clusters[clusters.length - 1] = before + glyph;
    else clusters.push(glyph.normalize("NFKC") === glyph ? glyph : decompose(glyph));
  }
  return clusters;
}

/** Presentation forms of Arabic and Hebrew letters to the letters themselves. */
function decompose(glyph: string): string {
  return glyph.replace(/[\uFB1D-\uFB4F\uFB50-\uFD3D\uFD50-\uFDFF\uFE70-\uFEFC]/gu, (form) => form.normalize("NFKC"));
}

/** Stretches against the line's direction, from their first to their last strong character, and what is between. */
function spansOf(
  clusters: readonly string[],
  isMarkedStrong: (cluster: string) => boolean,
  isLineStrong: (cluster: string) => boolean,
): readonly { items: string[]; isMarked: boolean }[] {
  const spans: { items: string[]; isMarked: boolean }[] = [];
  const push = (items: readonly string[], isMarked: boolean): void => {
    const last = spans.at(-1);
    if (items.length === 0) return;
    if (last?.isMarked === isMarked) last.items.push(...items);
    else spans.push({ items: [...items], isMarked });
  };
  let neutral: string[] = [];
  for (const cluster of clusters) {
    if (isMarkedStrong(cluster)) {
      push(neutral, spans.at(-1)?.isMarked === true);
      neutral = [];
      push([cluster], true);
    } else if (isLineStrong(cluster)) {
      push(neutral, false);
      neutral = [];
      push([cluster], false);
    } else {
      neutral.push(cluster);
    }
  }
  push(neutral, false);
  return spans;
}

const mirrored = new Map([..."()[]{}<>«»"].map((sign, index, all) => [sign, all[index ^ 1] ?? sign]));

function mirror(cluster: string): string {
  return mirrored.get(cluster) ?? cluster;
}
