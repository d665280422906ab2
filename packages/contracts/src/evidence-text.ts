/** What of a piece of evidence a prompt shows. */
export interface EvidencePlace {
  readonly title: string;
  readonly headings: readonly string[];
  readonly page?: number;
  readonly text: string;
}

/**
 * Evidence as it stands in a prompt, piece by piece: a line with the marker and the place, the text, a line end. A piece
 * from the same place as the one before it does not say the place again: it stands on one line with its marker. Whoever
 * packs evidence to a token budget and whoever writes the prompt use this one form, so that what is counted is what is
 * sent.
 *
 * Document text is data. What could pass for the prompt's own signs is changed to look alike: `[7]` becomes `(7)`, so
 * that no document can set a marker, and the prompt's tags lose their bracket, so that no document can end the evidence.
 */
export function evidenceTexts(evidence: readonly EvidencePlace[]): readonly string[] {
  return evidence.map((piece, index) => {
    const before = evidence[index - 1];
    const isSamePlace = before !== undefined && evidencePlace(before) === evidencePlace(piece);
    return evidenceText(piece, index + 1, isSamePlace);
  });
}

/** One piece of {@link evidenceTexts}, with its marker. */
export function evidenceText(evidence: EvidencePlace, marker: number, isPlaceKnown: boolean): string {
  const place = isPlaceKnown ? "" : evidencePlace(evidence);
  const shown = place === "" ? evidence.text : `${place}\n${evidence.text}`;
  return `[${marker}] ${withoutPromptSigns(shown)}\n`; // together: a sign may begin in the place and end in the text
}

/** Document, headings and page in one line; two pieces with equal places may share it. */
export function evidencePlace({ title, headings, page }: EvidencePlace): string {
  const path = [title, ...headings.filter((heading) => heading !== title)].map(oneLine).filter((part) => part !== "");
  return `${path.join(" > ")}${page === undefined ? "" : `, page ${page}`}`;
}

/** The text with markers and prompt tags made harmless; as many characters as before. */
export function withoutPromptSigns(text: string): string {
  return text.replace(/\[([\d\s,;]+)\]/g, "($1)").replace(/<(?=\s*\/?\s*(?:evidence|question)\b)/gi, "‹");
}

function oneLine(text: string): string {
  return withoutPromptSigns(text).replace(/\s+/g, " ").trim();
}
