/** Digits in groups of three. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 document`, `2 documents`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `costs_more` as people read it. */
export function verdictWords(verdict: string): string {
  return verdict.replaceAll("_", " ");
}
