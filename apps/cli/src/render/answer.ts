import pc from "picocolors";
import type { AnswerBody, CitationBody } from "../wire.ts";
import type { Place } from "./places.ts";

const basisWords: Readonly<Record<AnswerBody["basis"], string>> = {
  generated: "written by the model named below, from the evidence",
  extractive: "quoted from the evidence on this machine; no model was asked",
  abstained: "not found in the knowledge base; no model was asked",
};

const quoteCharactersMax = 160; // about two lines of a terminal

/** Each source once: number, file, heading, page or lines; below it the words that are quoted from it. */
export function renderCitations(citations: readonly CitationBody[], places: ReadonlyMap<CitationBody, Place>): string {
  const sources = new Map<string, CitationBody[]>();
  for (const citation of citations) {
    const key = `${citation.marker} ${citation.passage_id}`;
    sources.set(key, [...(sources.get(key) ?? []), citation]);
  }
  return [...sources.values()].map((quoted) => renderSource(quoted, places)).join("\n");
}

function renderSource(quoted: readonly CitationBody[], places: ReadonlyMap<CitationBody, Place>): string {
  const found = quoted.flatMap((citation) => places.get(citation) ?? []);
  const quotes = quoted.map(({ quote }) => `\n    ${pc.dim(`"${shorten(quote.replace(/\s+/g, " "))}"`)}`);
  return `${pc.cyan(`[${quoted[0]?.marker}]`)} ${pc.bold(describePlace(found))}${quotes.join("")}`;
}

function describePlace(places: readonly Place[]): string {
  const [first] = places;
  if (first === undefined) return "unknown place";
  const lines = [...new Set(places.flatMap(({ line }) => line ?? []))];
  const words = lines.length === 0 ? undefined : `${lines.length === 1 ? "line" : "lines"} ${lines.join(", ")}`;
  const where = [first.file, first.heading, first.page === undefined ? words : `page ${first.page}`];
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
  else lines.push(...renderConfidence(route.reason));
  return lines.join("\n");
}

/** Of evidence that was found and not trusted; the reason of a route says so in words. */
function renderConfidence(reason: string): readonly string[] {
  const [, confidence, min] = /confidence .* is ([\d.]+), below ([\d.]+)\.$/.exec(reason) ?? [];
  if (confidence === undefined || min === undefined) return [];
  return [pc.dim(`The confidence is ${confidence}, the minimum is ${min}; larder search "…" shows what was found.`)];
}
