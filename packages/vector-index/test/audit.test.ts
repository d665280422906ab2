import { join } from "node:path";
import { addOf, asLabel, clusteredVectors, seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { openVectorIndex } from "../src/index.ts";
import { openLocalIndex } from "../src/local-index.ts";
import { call, embedderId, graphAnswers, kb, temporaryFolder } from "./temporary-index.ts";

const dimensions = 16;
const vectors = clusteredVectors(2_000, dimensions, seededRandom(3));
const sample = (label: number, vector = vectors[label - 1] ?? new Float32Array()) => ({
  label: asLabel(label),
  vector,
});

describe.each([
  { what: "one host", wholeVectorsMax: 250_000 },
  { what: "two hosts", wholeVectorsMax: 1_000 },
])("the audit of a collection on $what", ({ wholeVectorsMax }) => {
  it("finds nothing when all is well, and names what is missing and what differs", async () => {
    await using folder = await temporaryFolder();
    const options = { folder: join(folder.path, "vectors"), dimensions, embedderId, exactVectorsMax: 500 };
    await using index = await openVectorIndex({ ...options, wholeVectorsMax }, call);
    const operations = vectors.map((vector, i) => addOf(i + 1, i + 1, vector));
    await index.apply(kb, operations, { after: 0 }, call);
    await graphAnswers(index, kb);
    const scaled = vectors.slice(0, 500).map((vector, i) =>
      sample(
        i + 1,
        vector.map((value) => value * 3),
      ),
    );
    const sound = await index.audit(kb, { samples: scaled, queries: 40 }, call);
    expect(sound).toMatchObject({
      appliedSequence: 2_000,
      count: 2_000,
      graphMissing: 0,
      missing: [],
      differing: [],
      sampledQueries: 40,
    });
    expect(sound.recall).toBeGreaterThan(0.95);
    const opposite = (vectors[8] ?? new Float32Array()).map((value) => -value);
    const samples = [sample(1), sample(9, opposite), sample(2_001, opposite), sample(2_002, opposite)];
    const unsound = await index.audit(kb, { samples, queries: 0 }, call);
    expect(unsound).toMatchObject({ differing: [9], recall: 1, sampledQueries: 0 });
    expect(new Set(unsound.missing)).toEqual(new Set([2_001, 2_002]));
  });
});

it("refuses to compare with vectors of another length, and more than a hundred queries", async () => {
  await using folder = await temporaryFolder();
  await using index = await openVectorIndex({ folder: folder.path, dimensions, embedderId }, call);
  const wrong = { samples: [sample(1, new Float32Array(3).fill(1))], queries: 1 };
  await expect(index.audit(kb, wrong, call)).rejects.toMatchObject({ code: "INDEX_VECTOR_INVALID" });
  await expect(index.audit(kb, { samples: [], queries: 101 }, call)).rejects.toMatchObject({ code: "UNEXPECTED" });
  const nothing = await index.audit(kb, { samples: [sample(1)], queries: 5 }, call);
  const { appliedSequence, ...rest } = nothing;
  expect(appliedSequence).toBe(0);
  expect(rest).toEqual({ count: 0, graphMissing: 0, missing: [1], differing: [], recall: 1, sampledQueries: 0 });
});

it("says when something was applied meanwhile, so that nobody takes that for damage", async () => {
  await using folder = await temporaryFolder();
  await using index = openLocalIndex({ folder: folder.path, dimensions, embedderId }, undefined);
  const operations = vectors.map((vector, i) => addOf(i + 1, i + 1, vector));
  await index.apply(kb, operations.slice(0, 1_000), { after: 0 }, call);
  const samples = Array.from({ length: 100_000 }, (_, i) => sample((i % 1_000) + 1)); // more than one slice
  const [audit] = await Promise.all([
    index.audit(kb, { samples, queries: 0 }, call),
    index.apply(kb, operations, { after: 0 }, call),
  ]);
  expect(audit).toMatchObject({ count: 2_000, missing: [], differing: [] });
  expect(audit.appliedSequence).toBeUndefined();
});
