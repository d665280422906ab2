import { expect, it } from "vitest";
import { parseQuestionLines, questionSetSha256, toQuestionSet } from "./question-set.ts";

const documents = new Map([["Pantry", { id: "doc_1", characters: 100 }]]);
const find = (name: string) => documents.get(name);
const lines = (...rows: readonly object[]) =>
  parseQuestionLines(rows.map((row) => JSON.stringify(row)).join("\n"), "mine");

it("reads questions with answers, documents and spans", () => {
  const set = toQuestionSet(
    "mine",
    lines(
      { question: " Does honey spoil? ", answers: ["no"], document: "Pantry", spans: [{ start: 0, end: 19 }] },
      { id: "x", question: "And oil?" },
    ),
    find,
  );
  expect(set.questions).toEqual([
    {
      id: "q1",
      text: "Does honey spoil?",
      answers: ["no"],
      gold: [{ documentId: "doc_1", start: 0, end: 19 }],
      cluster: "doc_1",
    },
    { id: "x", text: "And oil?", answers: [], gold: [], cluster: "x" },
  ]);
});

it.each([
  ["", "holds no question"],
  ["{", "line 1 is not JSON"],
  ['\n{"answers":["x"]}', "line 2: question"],
  ['{"question":"q","anwsers":["x"]}', "anwsers"],
])("says what is wrong with %j", (text, problem) => {
  expect(() => parseQuestionLines(text, "mine")).toThrow(
    expect.objectContaining({
      code: "DATA_SET_INVALID",
      details: expect.objectContaining({ problem: expect.stringContaining(problem) }),
    }),
  );
});

it.each([
  [{ question: "q", document: "Cellar" }, "no single document"],
  [{ question: "q", document: "Pantry", spans: [{ start: 90, end: 101 }] }, "outside of its text"],
  [{ question: "q", spans: [{ start: 0, end: 1 }] }, "names no document"],
])("refuses %j", (row, problem) => {
  expect(() => toQuestionSet("mine", lines(row), find)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ problem: expect.stringContaining(problem) }) }),
  );
});

it("refuses an id that is there twice", () => {
  expect(() => toQuestionSet("mine", lines({ id: "a", question: "q" }, { id: "a", question: "r" }), find)).toThrow();
});

it("has another hash when anything that counts differs", () => {
  const base = { question: "q", answers: ["a"], document: "Pantry", spans: [{ start: 0, end: 9 }] };
  const variants = [
    base,
    { ...base, question: "Q" },
    { ...base, answers: ["b"] },
    { ...base, spans: [{ start: 0, end: 8 }] },
    { ...base, id: "other" },
  ];
  const hashes = variants.map((row) => questionSetSha256(toQuestionSet("mine", lines(row), find)));
  expect(new Set(hashes).size).toBe(variants.length);
  expect(questionSetSha256(toQuestionSet("another name", lines(base), find))).toBe(hashes[0]);
  expect(questionSetSha256({ ...toQuestionSet("mine", lines(base), find), isSynthetic: true })).not.toBe(hashes[0]);
});
