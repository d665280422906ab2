import type { DocumentId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { seededRandom } from "@larder/statistics";
import { receiptOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { createHoldoutSums } from "../src/estimates/holdout.ts";

const experiments = 1_000;
const verification = { isSupported: true, score: 1, claims: 1, problems: [], verifierId: "v" };

/** 40 documents on each side, six questions of each; documents differ in what an answer costs, the sides do not. */
function verdictOfNone(random: () => number): string | undefined {
  const sums = createHoldoutSums();
  for (let document = 0; document < 40; document += 1) {
    for (const taken of ["retrieval", "stuffed"] as const) {
      const own = 4_000 * random();
      const holdout = { share: 0.5, taken, cluster: `doc_${taken}_${document}` as DocumentId };
      for (let question = 0; question < 6; question += 1) {
        const cost = nanoUsd(BigInt(Math.round(own + 1_000 * random())));
        sums.add(receiptOf({ holdout, verification, cost }));
      }
    }
  }
  return sums.total()?.verdict;
}

it(`calls at most 2.5 % of ${experiments} hold-outs with nothing to find a saving, and as few a loss`, () => {
  const random = seededRandom(77);
  const verdicts = Array.from({ length: experiments }, () => verdictOfNone(random));
  const shareOf = (verdict: string) => verdicts.filter((each) => each === verdict).length / experiments;
  expect(shareOf("saves")).toBeLessThanOrEqual(0.025);
  expect(shareOf("costs_more")).toBeLessThanOrEqual(0.025);
  expect(shareOf("saves") + shareOf("costs_more")).toBeGreaterThan(0); // it is no test that never decides
});
