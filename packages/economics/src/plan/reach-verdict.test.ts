import { expect, it } from "vitest";
import type { VerdictFacts } from "./reach-verdict.ts";
import { reachVerdict } from "./reach-verdict.ts";

const buying: VerdictFacts = {
  isApiOpen: true,
  isLocalOpen: true,
  doesBuyingPay: true,
  neverShare: 0,
  isHedgeWorthIt: false,
  localQuality: "passed",
  isApiQualityMeasured: true,
  weakest: "stated",
};
const staying: VerdictFacts = { ...buying, doesBuyingPay: false, neverShare: 1 };

it.each([
  { what: "a purchase that surely pays", facts: buying, expected: ["buy_local", "high"] },
  { what: "what rests on a guess", facts: { ...buying, weakest: "assumed" }, expected: ["buy_local", "medium"] },
  {
    what: "a machine whose answers nobody judged",
    facts: { ...buying, localQuality: "unknown", weakest: "measured" },
    expected: ["buy_local", "low"],
  },
  { what: "prices that go either way", facts: { ...buying, neverShare: 0.6 }, expected: ["stay_api", "low"] },
  { what: "a purchase that surely does not pay", facts: staying, expected: ["stay_api", "high"] },
  {
    what: "the same with a machine that nobody judged: a worse one is bought even less",
    facts: { ...staying, localQuality: "unknown" },
    expected: ["stay_api", "high"],
  },
  {
    what: "a fallback on a machine that nobody judged",
    facts: { ...staying, isHedgeWorthIt: true, localQuality: "unknown" },
    expected: ["hybrid_fallback", "low"],
  },
  {
    what: "an API that is capable by a catalog's word",
    facts: { ...staying, isApiQualityMeasured: false, weakest: "catalog" },
    expected: ["stay_api", "medium"],
  },
  {
    what: "such an API where the machine is out",
    facts: { ...staying, isLocalOpen: false, isApiQualityMeasured: false },
    expected: ["stay_api", "medium"],
  },
  {
    what: "no API at all",
    facts: { ...staying, isApiOpen: false, isApiQualityMeasured: false },
    expected: ["constraint_decides", "high"],
  },
] as const)("is as sure as it may be of $what", ({ facts, expected }) => {
  const { verdict, confidence } = reachVerdict(facts);
  expect([verdict, confidence]).toEqual(expected);
});

it("says where an unknown quality of the machine changes nothing, and only there", () => {
  const said = "money alone says stay";
  expect(reachVerdict({ ...staying, localQuality: "unknown" }).because).toContain(said);
  expect(reachVerdict(staying).because).not.toContain(said);
  expect(reachVerdict({ ...buying, neverShare: 0.6, localQuality: "unknown" }).because).not.toContain(said);
});
