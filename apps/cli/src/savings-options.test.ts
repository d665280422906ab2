import { expect, it } from "vitest";
import { ProblemReply } from "./connection.ts";
import { names, shareOfOne, tokenCount, tokenList } from "./savings-options.ts";
import { describePlan, refuseAbove, withProblem } from "./savings-output.ts";

it("reads budgets as people write them", () => {
  expect(tokenList("512,1k,16K")).toEqual([512, 1_024, 16_384]);
  for (const wrong of ["", "k", "1.5k", "-1", "0"]) expect(() => tokenCount(wrong)).toThrow();
});

it("reads names of arms with either kind of joint, and shares", () => {
  expect(names("larder,stuff-cached, closed_book")).toEqual(["larder", "stuff_cached", "closed_book"]);
  expect(shareOfOne("0.02")).toBe(0.02);
  for (const wrong of ["2", "-0.1", "x"]) expect(() => shareOfOne(wrong)).toThrow();
});

it("refuses a plan above what may be spent, or without a price, and none that asks nothing", () => {
  const plan = { name: "mine", questions: 10, calls: 20, judgeCalls: 0, maximumCost: "1.500000000" };
  expect(() => refuseAbove(plan, { maxSpend: "1.49" })).toThrow(expect.objectContaining({ name: "ProblemReply" }));
  expect(() => refuseAbove({ ...plan, maximumCost: null }, { maxSpend: "100" })).toThrow();
  refuseAbove(plan, { maxSpend: "1.5" });
  refuseAbove(plan, {});
  refuseAbove({ ...plan, calls: 0 }, { maxSpend: "0" });
  expect(describePlan(plan)).toBe("mine: 10 questions, 20 calls, at most $1.500000000.");
});

it("shows what is wrong with a run that cannot be measured, and leaves other problems alone", () => {
  const refused = { code: "SAVINGS_RUN_INVALID", title: "This comparison cannot be measured.", status: 422 };
  const reply = new ProblemReply({ ...refused, detail: refused.title, ...{ problem: "an arm is named twice" } });
  expect(withProblem(reply)).toMatchObject({ problem: { ...refused, detail: "problem: an arm is named twice" } });
  const other = new ProblemReply({ ...refused, code: "REQUEST_INVALID" });
  expect(withProblem(other)).toBe(other);
});
