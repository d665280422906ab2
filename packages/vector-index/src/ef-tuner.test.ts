import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { Collection } from "./collection.ts";
import { codeGraphs } from "./graphs/codes/code-graphs.ts";
import type { GraphParameters } from "./graphs/vector-graph.ts";
import { graphParameters } from "./graphs/vector-graph.ts";

const dimensions = 24;
const count = 1_500;
const vectors = clusteredVectors(count + 300, dimensions, seededRandom(9));
const sparse = { ...graphParameters, m: 5, efConstruction: 16 }; // so few links that a search has to look at many nodes

function built(graph: GraphParameters = graphParameters, recallTarget = 0.99): Collection {
  const collection = new Collection({ exactVectorsMax: 500, recallTarget, graph, library: codeGraphs, dimensions });
  const operations = vectors.slice(0, count).map((vector, i) => addOf(i + 1, i + 1, vector));
  collection.apply(operations, 0);
  finish(collection);
  return collection;
}

function finish(collection: Collection): void {
  while (collection.hasWork) collection.work(50);
}

describe("ef", () => {
  it("is as large as the graph needs it to reach the target", () => {
    const easy = built().tuning;
    const hard = built(sparse).tuning;
    expect(easy?.ef).toBeLessThan(hard?.ef ?? 0);
    for (const tuning of [easy, hard]) {
      expect(tuning?.lowerBound).toBeGreaterThanOrEqual(0.99);
      expect(tuning?.recall).toBeGreaterThanOrEqual(tuning?.lowerBound ?? 1);
    }
    expect(built(sparse, 0.9).tuning?.ef).toBeLessThan(hard?.ef ?? 0);
  });

  it("of a part has to find a part's share of the ten nearest, and one more", () => {
    const settings = {
      exactVectorsMax: 500,
      recallTarget: 0.99,
      graph: graphParameters,
      library: codeGraphs,
      dimensions,
    };
    const recallsAt = [undefined, 1, 2, 4].map(
      (partOf) => new Collection({ ...settings, ...(partOf && { partOf }) }).recallAt,
    );
    expect(recallsAt).toEqual([10, 10, 6, 4]);
  });

  it("is the largest when no ef reaches the target, and health is told", () => {
    const collection = built(sparse, 0.9999);
    expect(collection.status().ef).toBe(1_024);
    expect(collection.recallProblem).toContain("recall 0.9999 is not reached");
    expect(built().recallProblem).toBeUndefined();
  });

  it("is chosen anew after a tenth of the vectors changed, not before", () => {
    const collection = built();
    const before = collection.tuning;
    const changed = Array.from({ length: 150 }, (_, i) => deleteOf(count + 1 + i, i + 1));
    collection.apply(changed.slice(0, 100), 0);
    expect(collection.hasWork).toBe(false);
    expect(collection.tuning).toEqual({ ...before, changes: 100 });
    collection.apply(changed, 0);
    expect(collection.hasWork).toBe(true);
    expect(collection.status().ef).toBe(before?.ef); // meanwhile
    finish(collection);
    expect(collection.tuning?.changes).toBe(0);
  });

  it("does not count what changes nothing, as for a part what the other parts have", () => {
    const collection = built();
    const before = collection.tuning;
    const elsewhere = Array.from({ length: 400 }, (_, i) => deleteOf(count + 1 + i, 10_000 + i));
    collection.apply(elsewhere, 0);
    expect(collection.tuning).toEqual(before);
    expect(collection.appliedSequence).toBe(count + 400);
  });

  it("counts the changes that came while it was chosen towards the next time", () => {
    const collection = built();
    const deletes = Array.from({ length: 250 }, (_, i) => deleteOf(count + 1 + i, i + 1));
    collection.apply(deletes.slice(0, 150), 0);
    collection.work(0); // it is being chosen
    collection.apply(deletes, 0);
    finish(collection);
    expect(collection.tuning?.changes).toBe(100);
  });

  it.each([
    { what: "more", before: 0.9, after: 0.9999 },
    { what: "less", before: 0.9999, after: 0.9 },
  ])("is chosen anew when $what recall is asked for than when it was kept", ({ before, after }) => {
    const { matrix, graph, tuning, appliedSequence } = built(sparse, before);
    const settings = { exactVectorsMax: 500, graph: sparse, library: codeGraphs, dimensions };
    const again = new Collection({ ...settings, recallTarget: after });
    again.restore(appliedSequence, matrix, graph && { graph, tuning });
    expect(again.status().ef).toBe(tuning?.ef); // meanwhile
    expect(again.recallProblem).toBeUndefined(); // nothing is known yet
    finish(again);
    expect(again.status().ef).toBe(built(sparse, after).status().ef);
    expect(again.status().ef).not.toBe(tuning?.ef);
  });

  it("is not taken for too small because what is near was removed while it was chosen", () => {
    const collection = built();
    const deletes = Array.from({ length: 280 }, (_, i) => deleteOf(count + 1 + i, i * 5 + 1));
    collection.apply(deletes.slice(0, 150), 0);
    for (let slice = 0; slice < 300; slice++) collection.work(0); // each finds the neighbours of one query
    collection.apply(deletes, 0);
    finish(collection);
    expect(collection.recallProblem).toBeUndefined();
    expect(collection.tuning?.ef).toBeLessThan(1_024);
  });

  it("is chosen anew when enough has been asked", () => {
    const collection = built();
    expect(collection.tuning?.asked).toBe(0);
    const questions = Array.from(
      { length: 1_299 },
      (_, i) => vectors[count + (i % 300)] ?? new Float32Array(dimensions),
    );
    for (const query of questions.slice(0, 999)) collection.search(query, 10, undefined);
    expect(collection.hasWork).toBe(false);
    for (const query of questions.slice(999)) collection.search(query, 10, undefined);
    finish(collection);
    expect(collection.tuning).toMatchObject({ asked: 1_299, changes: 0 });
  });

  it("is chosen by a thousand questions also where changes had it chosen by some hundred", () => {
    const collection = built();
    const query = vectors[count] ?? new Float32Array(dimensions);
    for (let asked = 0; asked < 500; asked++) collection.search(query, 10, undefined);
    collection.apply(
      Array.from({ length: 150 }, (_, i) => deleteOf(count + 1 + i, i + 1)),
      0,
    );
    finish(collection);
    expect(collection.tuning?.asked).toBe(500);
    for (let asked = 500; asked < 1_000; asked++) collection.search(query, 10, undefined);
    finish(collection);
    expect(collection.tuning?.asked).toBe(1_000);
  });
});
