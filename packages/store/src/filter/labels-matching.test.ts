import type {
  DocumentFact,
  FilterField,
  FilterScalar,
  JsonValue,
  SearchFilter,
  StoredDocument,
} from "@larder/contracts";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  matchesFilter,
  uploadOf,
} from "@larder/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TemporaryStore } from "../../test/open-temporary-store.ts";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";

/** Names and texts that mean something to SQL, to JSON paths or to nobody; few of each, so that filters hit. */
const names = [
  "a",
  "b",
  "",
  "a.b",
  'q"x',
  "b\\s",
  "it's",
  "$",
  "[0]",
  "a[0]",
  "#",
  "日本",
  "😀",
  "\u2028",
  "\u0001",
  "%_*",
];
const hostile = [
  "'; drop table passages; --",
  "?",
  ":allowed",
  "$.a",
  "a%",
  "\\u0041",
  '"',
  "😀",
  "\uffff",
  "Ä",
  "null",
  "1",
];
const dates = [
  ...["2026-03-01", "2026-03-01T00:00Z", "2026-03-01T02:00:00+02:00", "2026-03-01T00:00:00.001Z", "1969-12-31"],
  ...["2026-02-30", "2026-03-01 00:00", "2026-03", "0001-01-01T00:00:00-23:59", "2026-03-01T00:00:00.0009Z"],
];
const name = fc.constantFrom(...names);
const text = fc.oneof(
  fc.constantFrom(...hostile, ...dates),
  fc.string({ unit: fc.constantFrom("a", "b", "Z", "é", "😀", "\uffff"), maxLength: 3 }),
);
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, 2.5, -1, 1e21, 2 ** 60, 2 ** 53, 0.1, 5e-324, Number.MAX_VALUE),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const scalar: fc.Arbitrary<FilterScalar> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const list = fc.array(scalar, { maxLength: 3 });
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    scalar,
    list,
    fc.array(tie("json"), { maxLength: 2 }),
    fc.dictionary(name, tie("json"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const metadata = fc.dictionary(name, json, { maxKeys: 4, noNullPrototype: true });

const facts: readonly DocumentFact[] = ["id", "externalId", "title", "mediaType", "createdAt", "bytes"];
const path = fc.array(name, { minLength: 1, maxLength: 3 });
const field: fc.Arbitrary<FilterField> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("metadata" as const), path }) },
  fc.record({ kind: fc.constant("document" as const), fact: fc.constantFrom(...facts) }),
);

/** Values that documents have, so that comparisons are as often true as false. */
function filters(known: readonly FilterScalar[]): fc.Arbitrary<SearchFilter> {
  const value = fc.oneof(scalar, fc.constantFrom(...known));
  const ordered = value.filter((each) => typeof each === "string" || typeof each === "number");
  const condition: fc.Arbitrary<SearchFilter> = fc.oneof(
    fc.record({ kind: fc.constantFrom("eq", "ne"), field, value: fc.oneof(value, list) }),
    fc.record({ kind: fc.constantFrom("in", "not_in"), field, values: fc.array(value, { maxLength: 5 }) }),
    fc.record({ kind: fc.constantFrom("gt", "gte", "lt", "lte"), field, value: ordered }),
    fc.record({ kind: fc.constant("exists" as const), field, isPresent: fc.boolean() }),
    fc.record({ kind: fc.constant("contains" as const), field, value }),
  );
  return fc.letrec<{ filter: SearchFilter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      condition,
      fc.record({ kind: fc.constantFrom("and", "or"), filters: fc.array(tie("filter"), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant("not" as const), filter: tie("filter") }),
    ),
  })).filter;
}

let store: TemporaryStore;
beforeAll(async () => {
  store = await openTemporaryStore();
});
afterAll(() => store.close());

function scalarsOf(value: JsonValue): readonly FilterScalar[] {
  if (value === null || typeof value !== "object") return [value];
  return Object.values(value).flatMap(scalarsOf);
}

let rounds = 0;
async function fill(samples: readonly Record<string, JsonValue>[]) {
  const { documents, clock } = store;
  const id = await createKnowledgeBaseIn(documents, `round ${rounds++}`);
  const filled: StoredDocument[] = [];
  for (const [i, sample] of samples.entries()) {
    clock.advance(i);
    const upload = {
      metadata: sample,
      ...(i % 2 ? { externalId: `x${i}` } : {}),
      title: hostile[i % hostile.length] ?? "",
    };
    const { id: documentId } = await addReady(documents, id, `line ${rounds} ${i}\nanother`, { upload });
    filled.push(await documents.document(id, documentId, call));
  }
  return { id, filled };
}

it("finds exactly the documents of which the filter is true", { timeout: 60_000 }, async () => {
  const { documents } = store;
  await fc.assert(
    fc.asyncProperty(
      fc.array(metadata, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (samples, seeds) => {
        const { id, filled } = await fill(samples);
        const known = [
          ...samples.flatMap(scalarsOf),
          ...filled.flatMap((each) => [each.id, each.title, each.bytes, new Date(each.createdAtMs).toISOString()]),
        ];
        for (const filter of fc.sample(filters(known), { numRuns: 40, seed: seeds.next().value })) {
          const labels = await documents.labelsMatching(id, filter, call);
          const found = await documents.passagesByLabel(id, [...labels], call);
          const foundIds = new Set([...found.values()].map(({ documentId }) => documentId));
          const wanted = filled.filter((each) => matchesFilter(filter, each)).map((each) => each.id);
          expect([...foundIds].sort(), JSON.stringify({ filter, samples })).toEqual(wanted.sort());
          expect([labels.size, found.size]).toEqual([wanted.length * 2, wanted.length * 2]); // both of its passages
        }
      },
    ),
    { numRuns: 60 },
  );
});

it("judges a document by its live version, and one without by nothing", async () => {
  const { documents } = store;
  const id = await createKnowledgeBaseIn(documents, "versions");
  const { id: documentId } = await addReady(documents, id, "first", { upload: { metadata: { state: "old" } } });
  await documents.accept(id, [uploadOf("never ready", { metadata: { state: "new" } })], call);
  const task = await leaseOf(documents);
  await documents.replace(id, documentId, uploadOf("second", { metadata: { state: "new" } }), call);
  const sizes = async () =>
    Promise.all(
      ["old", "new"].map(async (value) => {
        const filter: SearchFilter = { kind: "eq", field: { kind: "metadata", path: ["state"] }, value };
        return (await documents.labelsMatching(id, filter, call)).size;
      }),
    );
  expect(await sizes()).toEqual([1, 0]);
  await documents.finish(await leaseOf(documents), finishedOf("second"), call);
  expect(await sizes()).toEqual([0, 1]);
  await documents.fail(task, { code: "DOCUMENT_MALFORMED", message: "m", hint: "h" }, call);
  expect(await sizes()).toEqual([0, 1]);
});

it("finds nothing in a knowledge base that is not there, and gives the signal's own reason", async () => {
  const all: SearchFilter = { kind: "and", filters: [] };
  expect((await store.documents.labelsMatching("kb_unknown0000" as never, all, call)).size).toBe(0);
  const reason = new Error("the reader left");
  const aborted = { signal: AbortSignal.abort(reason) };
  await expect(store.documents.labelsMatching("kb_unknown0000" as never, all, aborted)).rejects.toBe(reason);
});
