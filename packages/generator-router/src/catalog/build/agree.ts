/** Notes fields on which the sources differ while their values are merged. */
export interface Disagreements {
  readonly fields: ReadonlySet<string>;
  note(field: string): void;
}

export function createDisagreements(): Disagreements {
  const fields = new Set<string>();
  return { fields, note: (field) => void fields.add(field) };
}

/** What two sources agree on, else the dearest price (`most`) or the smallest limit (`least`), with the field noted. */
export function agree<T extends bigint | number>(
  field: string,
  values: readonly (T | undefined)[],
  pick: "most" | "least",
  disagreements: Disagreements,
): T | undefined {
  const known = values.filter((value) => value !== undefined);
  if (new Set(known).size > 1) disagreements.note(field);
  const shared = known.find((value, index) => known.indexOf(value) !== index);
  return shared ?? known.toSorted((a, b) => (a < b === (pick === "least") ? -1 : 1))[0];
}

/** The greatest of these is more than twice the smallest. */
export function isFarApart(values: readonly bigint[]): boolean {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : 1));
  return (sorted.at(-1) ?? 0n) > 2n * (sorted[0] ?? 0n);
}
