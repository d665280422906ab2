/** What of a piece of evidence a prompt shows. */
export interface EvidencePlace {
  readonly title: string;
  readonly headings: readonly string[];
  readonly page?: number;
  readonly text: string;
}

/**
 * One piece of evidence as it stands in a prompt: a line with its marker and place, its text, a line end. Whoever packs
 * evidence to a token budget and whoever writes the prompt use this one form, so that what is counted is what is sent.
 *
 * Document text is data. What could pass for the prompt's own signs is changed to look alike: `[7]` becomes `(7)`, so
 * that no document can set a marker, and the prompt's tags lose their bracket, so that no document can end the evidence.
 */
export function evidenceText(evidence: EvidencePlace, marker: number): string {
  const path = evidence.headings.filter((heading) => heading !== evidence.title);
  const place = [evidence.title, ...path].map(oneLine).filter((part) => part !== "");
  const page = evidence.page === undefined ? "" : `, page ${evidence.page}`;
  return `[${marker}] ${place.join(" > ")}${page}\n${withoutPromptSigns(evidence.text)}\n`;
}

/** The text with markers and prompt tags made harmless; as many characters as before. */
export function withoutPromptSigns(text: string): string {
  return text.replace(/\[([\d\s,;]+)\]/g, "($1)").replace(/<(?=\s*\/?\s*(?:evidence|question)\b)/gi, "‹");
}

function oneLine(text: string): string {
  return withoutPromptSigns(text).replace(/\s+/g, " ").trim();
}
