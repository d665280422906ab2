import fc from "fast-check";
import { expect, it } from "vitest";
import type { BucketLeaf, PassageFacts } from "./passage-tree.ts";
import { bucketCount, bucketOf, PassageTree, passageLeaf, proveInclusion, verifyInclusion } from "./passage-tree.ts";
import { sha256Hex } from "./sha256.ts";

const passage = (i: number, text = `text ${i}`): PassageFacts => ({
  passageId: `psg_${i}`,
  textSha256: sha256Hex(text),
  vectorSha256: sha256Hex(`vector ${i}`),
});

function bucketsOf(passages: readonly PassageFacts[]): Map<number, BucketLeaf[]> {
  const buckets = new Map<number, BucketLeaf[]>();
  for (const facts of passages) {
    const bucket = bucketOf(facts.passageId);
    const leaf = { passageId: facts.passageId, leaf: passageLeaf(facts) };
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), leaf]);
  }
  return buckets;
}

function treeOf(passages: readonly PassageFacts[]): PassageTree {
  const tree = new PassageTree();
  tree.update(bucketsOf(passages));
  return tree;
}

const numbers = fc.uniqueArray(fc.nat({ max: 20_000 }), { maxLength: 60 });

it("has one root for one set of passages, in whatever order and steps they came and went", () => {
  fc.assert(
    fc.property(numbers, numbers, (kept, gone) => {
      const stay = kept.map((i) => passage(i));
      const leave = gone.filter((i) => !kept.includes(i)).map((i) => passage(i));
      const tree = treeOf(leave);
      const all = bucketsOf([...leave, ...stay].toReversed());
      tree.update(all);
      const left = bucketsOf(stay);
      tree.update(new Map([...all.keys()].map((bucket) => [bucket, left.get(bucket) ?? []])));
      expect(tree.root).toBe(treeOf(stay).root);
      expect(new PassageTree(tree.buckets).root).toBe(tree.root);
    }),
  );
});

it("changes its root with every text, vector, id, and with each passage that comes or goes", () => {
  const passages = Array.from({ length: 300 }, (_, i) => passage(i));
  const rest = passages.slice(1);
  const vector = { ...passage(0), vectorSha256: sha256Hex("another") };
  const others = [rest, [...rest, passage(0, "another")], [...rest, vector], [...passages, passage(300)], []];
  const roots = [passages, ...others].map((set) => treeOf(set).root);
  expect(new Set(roots).size).toBe(roots.length);
});

it("proves of each passage that it belongs to a root, and of nothing else", () => {
  const passages = Array.from({ length: 9_000 }, (_, i) => passage(i)); // two or three in a bucket
  const tree = treeOf(passages);
  const buckets = bucketsOf(passages);
  for (const facts of passages.filter((_, i) => i % 500 === 0)) {
    const leaves = buckets.get(bucketOf(facts.passageId)) ?? [];
    const proof = proveInclusion(tree, facts, leaves);
    if (proof === undefined) throw new Error("no proof");
    expect(verifyInclusion(tree.root, proof)).toBe(true);
    expect(verifyInclusion(tree.root, { ...proof, textSha256: sha256Hex("another") })).toBe(false);
    expect(verifyInclusion(tree.root, { ...proof, passageId: "psg_x" })).toBe(false);
    expect(verifyInclusion(sha256Hex("another"), proof)).toBe(false);
    expect(proveInclusion(tree, passage(9_001), leaves)).toBeUndefined();
  }
});

it("takes no proof whose hashes are none, though their bytes together are the leaf's", () => {
  const facts = passage(1);
  const tree = treeOf([facts, passage(2)]);
  const proof = proveInclusion(tree, facts, bucketsOf([facts]).get(bucketOf(facts.passageId)) ?? []);
  if (proof === undefined) throw new Error("no proof");
  const { textSha256: text, vectorSha256: vector, path } = proof;
  const forgeries = [
    { textSha256: text + vector, vectorSha256: "" },
    { textSha256: text.slice(0, 62), vectorSha256: text.slice(62) + vector },
    { textSha256: `${text}zz` }, // what is no digit ends what is read
    { textSha256: text.toUpperCase() },
    { path: path.map((step) => ({ ...step, hash: `${step.hash} ` })) },
  ];
  for (const forged of forgeries) expect(verifyInclusion(tree.root, { ...proof, ...forged })).toBe(false);
});

it("proves nothing of a passage whose text or vector is another by now", () => {
  const leaves = bucketsOf([passage(1)]).get(bucketOf("psg_1")) ?? [];
  expect(proveInclusion(treeOf([passage(1)]), passage(1, "another"), leaves)).toBeUndefined();
});

it("takes no proof of a passage that lies in another bucket than its id names", () => {
  const facts = passage(1);
  const elsewhere = (bucketOf(facts.passageId) + 1) % bucketCount;
  const tree = new PassageTree();
  tree.update(new Map([[elsewhere, [{ passageId: facts.passageId, leaf: passageLeaf(facts) }]]]));
  expect(verifyInclusion(tree.root, { ...facts, path: tree.pathOfBucket(elsewhere) })).toBe(false);
});

it("spreads passages over all buckets", () => {
  const used = new Set(Array.from({ length: 50_000 }, (_, i) => bucketOf(`psg_${i}`)));
  expect(used.size).toBe(bucketCount);
});
