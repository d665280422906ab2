import type { BlockKind } from "@larder/contracts";

const names = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** Titles of the section that they stand in, or of what follows them there. */
export const titleElements = names("article-title heading head invention-title subtitle title");

/** What programs store beside a text: identifiers, codes of journals, dates of each step. */
export const droppedElements = names(
  "alternate-form article-id contrib-id counts custom-meta-group history journal-id journal-meta math-meta object-id " +
    "pub-history tex-math script style",
);

/** Read as one paragraph, however their parts are marked. */
export const flatElements = names(
  "aff author-notes award-group citation citetitle contrib contrib-group copyright-statement corresp element-citation funding-source " +
    "inventor kwd-group label license mixed-citation nlm-citation patcit pub-date ref term",
);

export const rowElements = names("tr row");
export const cellElements = names("td th entry");

const listItems = names("list-item li listitem item-text ref");
const codes = names("code preformat programlisting screen literallayout");
const quotes = names("blockquote disp-quote epigraph");

export function kindOf(name: string): BlockKind {
  if (listItems.has(name)) return "list_item";
  if (codes.has(name)) return "code";
  if (quotes.has(name)) return "quote";
  return name === "table" || name === "tgroup" ? "table" : "paragraph";
}
