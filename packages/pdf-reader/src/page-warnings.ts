import type { ParseWarning } from "@larder/contracts";
import type { PdfPage } from "./read-pdf-page.ts";

interface PageFact {
  readonly code: string;
  /** How much of a page it holds for; 0 where it does not. */
  readonly amountOf: (page: PdfPage | undefined) => number;
  readonly tell: (pages: string, isOne: boolean, amount: number) => string;
}

const facts: readonly PageFact[] = [
  {
    code: "page_unreadable",
    amountOf: (page) => (page === undefined ? 1 : 0),
    tell: (pages) => `${pages} cannot be read`,
  },
  {
    code: "page_without_text",
    amountOf: (page) => (page?.rows.length === 0 && page.unmappedGlyphs === 0 ? 1 : 0),
    tell: (pages, isOne) => `${pages} ${isOne ? "has" : "have"} no text: scanned?`,
  },
  {
    code: "page_text_unmapped",
    amountOf: (page) => page?.unmappedGlyphs ?? 0,
    tell: (pages, _, amount) =>
      `${amount} glyphs on ${pages} are left out: their fonts do not say which characters they are`,
  },
  {
    code: "page_text_hidden",
    amountOf: (page) => page?.unseenCharacters ?? 0,
    tell: (pages, _, amount) => `${amount} characters on ${pages} that nobody sees are left out`,
  },
  {
    code: "page_text_white",
    amountOf: (page) => page?.whiteCharacters ?? 0,
    tell: (pages, _, amount) => `${amount} characters on ${pages} are white and may not be seen`,
  },
];

/** What a reader should know of the pages, one warning a fact. `undefined` is a page that cannot be read. */
export function pageWarnings(pages: readonly (PdfPage | undefined)[]): readonly ParseWarning[] {
  return facts.flatMap(({ code, amountOf, tell }) => {
    const amounts = pages.map(amountOf);
    const numbers = amounts.flatMap((amount, index) => (amount > 0 ? [index + 1] : []));
    if (numbers.length === 0) return [];
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    return [{ code, message: tell(listPages(numbers), numbers.length === 1, total) }];
  });
}

/** More stretches of pages are not spelled out. Chosen arbitrarily. */
const stretchesMax = 20;

/** "page 3", or "pages 2–4 and 9": stretches of pages that follow each other. */
function listPages(numbers: readonly number[]): string {
  const stretches: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = stretches.at(-1);
    if (last?.to === number - 1) last.to = number;
    else stretches.push({ from: number, to: number });
  }
  const names = stretches.slice(0, stretchesMax).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  if (stretches.length > stretchesMax) names.push(`${stretches.length - stretchesMax} more stretches`);
  const [last] = names.splice(-1);
  const list = names.length === 0 ? last : `${names.join(", ")} and ${last}`;
  return `${numbers.length === 1 ? "page" : "pages"} ${list}`;
}
