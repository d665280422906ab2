import fc from "fast-check";

const good = { type: "eq", key: "metadata.a", value: 1 };

/** Filters with one defect each, at the top or inside others that are right. */
export function badFilters(): fc.Arbitrary<unknown> {
  const key = fc.oneof(
    fc.constantFrom(...["", "metadata", "metadata.", ".", "a", "$.a", "document", "document.text", "document.id.x"]),
    fc.constantFrom<unknown>("document.__proto__", "metadata..a", null, 5, [], ["metadata"], ["document", ""], [1], {}),
    fc.string({ maxLength: 20 }).map((text) => `~${text}`),
  );
  const type = fc.constantFrom<unknown>("", "EQ", "nin", "$eq", "like", "constructor", "__proto__", null, 1, ["eq"]);
  const value = fc.constantFrom<unknown>({}, [{}], [[1]], { $gt: 1 });
  const condition: fc.Arbitrary<unknown> = fc.oneof(
    key.map((each) => ({ ...good, key: each })),
    type.map((each) => ({ ...good, type: each })),
    value.map((each) => ({ ...good, value: each })),
    fc.constantFrom<unknown>(
      { ...good, zzz: 1 },
      { type: "eq", key: "metadata.a" },
      { type: "in", key: "metadata.a", value: 1 },
      { type: "in", key: "metadata.a", value: Array(1_001).fill(1) },
      { type: "gt", key: "metadata.a", value: null },
      { type: "exists", key: "metadata.a", value: 1 },
      { type: "lt", key: "document.created_at", value: "yesterday" },
      { type: "lt", key: "document.created_at", value: "2026-02-30" },
      { type: "eq", key: "document.bytes", value: "1" },
      { type: "contains", key: "document.bytes", value: 1 },
      { type: "and", filters: [] },
      { type: "or", filters: good },
      { type: "or", filters: Array(101).fill(good) },
      { type: "not", filters: [good] },
      { type: "not", filter: {} },
      { type: "not", filter: "metadata.a" },
      { ...good, document_ids: [] },
      { "metadata.a": 1 },
    ),
  );
  const inside = fc.constantFrom<(bad: unknown) => unknown>(
    (bad) => bad,
    (bad) => ({ type: "not", filter: bad }),
    (bad) => ({ type: "and", filters: [good, bad] }),
    (bad) => ({ type: "or", filters: [{ type: "not", filter: { type: "and", filters: [bad] } }, good] }),
    () =>
      Array(9)
        .fill(0)
        .reduce((inner: unknown) => ({ type: "not", filter: inner }), good),
  );
  return fc.tuple(condition, inside).map(([bad, place]) => place(bad));
}
