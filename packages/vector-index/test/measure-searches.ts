import type { Label, VectorHit } from "@larder/contracts";
import { seededRandom } from "@larder/testkit";
import type { Collection } from "../src/collection.ts";
import { recallOf } from "../src/exact-scan.ts";
import { describeTimes, print } from "./percentiles.ts";

/** Recall and time for several numbers of neighbours. */
export function measureLimits(collection: Collection, queries: readonly Float32Array[]): void {
  for (const limit of [10, 50, 100]) {
    const truth = (query: Float32Array): readonly VectorHit[] => collection.matrix.search(query, limit);
    const found = compare(collection, queries, limit, undefined, truth);
    print(`graph, ${limit} hits`, found);
  }
}

/** Filters by chance, and filters that go with the vectors: of what is allowed, all or nothing is near the query. */
export function measureFilters(collection: Collection, queries: readonly Float32Array[]): void {
  const { labels, count } = collection.matrix;
  const random = seededRandom(4);
  const some = queries.slice(0, 200);
  const axis = collection.matrix.row(labels[0] as Label).slice();
  const ranked = collection.matrix.search(axis, count).map(({ label }) => label);
  for (const share of [0.5, 0.1, 0.01, 0.001]) {
    const byChance = labels.filter(() => random() < share);
    const wanted = Math.ceil(count * share);
    const filters = {
      "by chance": byChance,
      "near one vector": ranked.slice(0, wanted),
      "far from it": ranked.slice(-wanted),
    };
    for (const [name, allowed] of Object.entries(filters)) {
      const sorted = Uint32Array.from(allowed).sort();
      const truth = (query: Float32Array): readonly VectorHit[] => collection.matrix.searchAmong(sorted, query, 10);
      print(`filter of ${share * 100} % ${name}`, compare(collection, some, 10, sorted, truth));
    }
  }
}

function compare(
  collection: Collection,
  queries: readonly Float32Array[],
  limit: number,
  allowed: Uint32Array | undefined,
  truth: (query: Float32Array) => readonly VectorHit[],
): string {
  const times: number[] = [];
  const exactTimes: number[] = [];
  let recall = 0;
  for (const query of queries) {
    const startMs = performance.now();
    const { hits } = collection.search(query, limit, allowed);
    const searchedMs = performance.now();
    recall += recallOf(hits, truth(query)) / queries.length;
    exactTimes.push(performance.now() - searchedMs);
    times.push(searchedMs - startMs);
  }
  return `recall ${recall.toFixed(4)}, ${describeTimes(times)}; exact ${describeTimes(exactTimes)}`;
}
