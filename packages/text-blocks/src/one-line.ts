/** Each run of white space becomes one space; none is left at the ends. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
