import { expect, it } from "vitest";
import type { RetrievedHit, RetrievedHits } from "./replay-grade.ts";
import { gradeReplay } from "./replay-grade.ts";

const hit = (id: string, more: Partial<RetrievedHit> = {}): RetrievedHit => ({
  passageIds: [id],
  start: 0,
  end: 9,
  textSha256: `text of ${id}`,
  score: 0.5,
  ...more,
});
const recorded: RetrievedHits = {
  hits: [hit("a"), hit("b", { passageIds: ["b", "c"] }), hit("d")],
  indexRoot: "root",
  embedderId: "e",
  queryVectorSha256: "v",
};
const [a, b, d] = recorded.hits as [RetrievedHit, RetrievedHit, RetrievedHit];

it.each([
  ["nothing", {}, "R3"],
  ["a score, below the step", { hits: [{ ...a, score: 0.500_001 }, b, d] }, "R3"],
  ["the index root", { indexRoot: "other" }, "R2"],
  ["the index root, for none is known", { indexRoot: undefined }, "R2"],
  ["the embedder", { embedderId: "f" }, "R2"],
  ["the question's vector", { queryVectorSha256: "w" }, "R2"],
  ["a score", { hits: [{ ...a, score: 0.6 }, b, d] }, "R1"],
  ["a text", { hits: [{ ...a, textSha256: "other" }, b, d] }, "R1"],
  ["where a piece ends", { hits: [{ ...a, end: 8 }, b, d] }, "R1"],
  ["the order", { hits: [b, a, d] }, "R0"],
  ["one of four passages", { hits: [a, b] }, "R0"],
  ["how a piece is made up", { hits: [a, hit("b"), hit("c"), d] }, "R0"],
  ["nearly all", { hits: [a, hit("x"), hit("y")] }, undefined],
  ["all", { hits: [] }, undefined],
] as const)("when %s differs the grade is what is left", (_, change, grade) => {
  const replayed = Object.fromEntries(
    Object.entries({ ...recorded, ...change }).filter(([, value]) => value !== undefined),
  ) as unknown as RetrievedHits;
  expect(gradeReplay(recorded, replayed).grade).toBe(grade);
});

it("tells how many passages are the same", () => {
  const graded = gradeReplay(recorded, { ...recorded, hits: [b, hit("x")] });
  expect(graded).toMatchObject({ jaccard: 0.4, passages: { recorded: 4, replayed: 3, common: 2 } });
});

it("repeats nothing with nothing", () => {
  const empty = { ...recorded, hits: [] };
  expect(gradeReplay(empty, empty)).toMatchObject({ grade: "R3", jaccard: 1 });
});
