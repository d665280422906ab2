/**
 * A value as JSON text, money included. JSON has no form for a bigint, so it stands as `{"$bigint":"-12"}`: it comes
 * back as what it was and never passes through a double.
 */
export function printExactJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" ? { $bigint: part.toString() } : part,
  );
}

/** What {@link printExactJson} printed. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => readBigint(part) ?? part);
}

function readBigint(part: unknown): bigint | undefined {
  if (typeof part !== "object" || part === null || !("$bigint" in part)) return undefined;
  const text = part.$bigint;
  return typeof text === "string" && /^-?\d+$/.test(text) && Object.keys(part).length === 1 ? BigInt(text) : undefined;
}
