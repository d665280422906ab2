import pc from "picocolors";
import type { AnswerBody, CitationBody } from "../wire.ts";
import type { Place } from "./places.ts";

const basisWords: Readonly<Record<AnswerBody["basis"], string>> = {
  generated: "written by the model named below, from the evidence",
  extractive: "quoted from the evidence on this machine; no model was asked",
  abstained: "not found in the knowledge base; no model was asked",
};

const quoteCharactersMax = 160; // about two lines of a terminal

/** Citations with the place of each, one per line: number, file, heading, line, and the words themselves. */
export function renderCitations(citations: readonly CitationBody[], places: ReadonlyMap<string, Place>): string {
  return citations
    .map((citation) => {
      const place = places.get(`${citation.document_id}:${citation.start}`);
      const quote = shorten(citation.quote.replace(/\s+/g, " "));
      return `${pc.cyan(`[${citation.marker}]`)} ${pc.bold(describePlace(place))}\n    ${pc.dim(`"${quote}"`)}`;
    })
    .join("\n");
}

function describePlace(place: Place | undefined): string {
  if (place === undefined) return "unknown place";
  const where = [place.file, place.heading, place.page === undefined ? `line ${place.line}` : `page ${place.page}`];
  return where.filter((part) => part !== undefined && part !== "").join(" · ");
}

function shorten(text: string): string {
  return text.length <= quoteCharactersMax ? text : `${text.slice(0, quoteCharactersMax - 1).trimEnd()}…`;
}

/** How the answer came about, and why that model. */
export function renderRoute({ basis, grounded, route }: AnswerBody): string {
  const lines = [
    `${pc.bold("Answer")} ${basisWords[basis]}${grounded || basis === "abstained" ? "" : "; not fully supported"}.`,
  ];
  if (basis !== "abstained") lines.push(`${pc.bold("Route")}  ${route.reason}`);
  return lines.join("\n");
}
