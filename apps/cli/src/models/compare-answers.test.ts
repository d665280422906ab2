import { expect, it } from "vitest";
import type { DrilledAnswer } from "./compare-answers.ts";
import { agreementOf, reportDrill } from "./compare-answers.ts";

const answer = (text: string, more: Partial<DrilledAnswer> = {}): DrilledAnswer => ({
  text,
  isGrounded: true,
  isAbstained: false,
  cost: 10n,
  totalMs: 100,
  ...more,
});

it.each([
  { a: "Plums keep [1].", b: "plums keep", agreement: 1 },
  { a: "Plums keep", b: "Pears keep", agreement: 0.5 },
  { a: "a a b", b: "a b b", agreement: 2 / 3 },
  { a: "", b: "", agreement: 1 },
  { a: "", b: "x", agreement: 0 },
])("finds $agreement between $a and $b", ({ a, b, agreement }) => {
  expect(agreementOf(answer(a), answer(b))).toBeCloseTo(agreement);
});

it("takes two abstentions for agreement, and one for none", () => {
  const abstained = answer("No answer.", { isAbstained: true, isGrounded: false });
  expect([agreementOf(abstained, abstained), agreementOf(abstained, answer("No answer."))]).toEqual([1, 0]);
});

it("reports pairs, and leaves unknown costs out of both sums", () => {
  const report = reportDrill([
    { question: "a", from: answer("x"), to: answer("x", { cost: 4n, totalMs: 300 }) },
    { question: "b", from: answer("x"), to: answer("y", { isGrounded: false, totalMs: 50 }) },
    { question: "c", from: { text: "", isGrounded: true, isAbstained: false, totalMs: 100 }, to: answer("z") },
  ]);
  expect(report).toMatchObject({
    pairs: 3,
    grounded: { both: 2, fromOnly: 1, toOnly: 0, neither: 0 },
    cost: { pairs: 2, from: 20n, to: 14n },
    latencyMs: { from: 100, to: 100, difference: 0 },
  });
  expect(reportDrill([])).toMatchObject({ pairs: 0, agreement: 0, latencyMs: { from: 0 } });
});
