import type { SavingVerdict } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { beforeAll, describe, expect, it } from "vitest";
import { headlineOf } from "../src/headline.ts";
import type { SavingsReport } from "../src/report-schema.ts";
import { askerOf, conduct, goldArm, portsOf, registrationOf, setOf } from "./open-run.ts";

const set = setOf(120, 20);
const registration = registrationOf(set, { arms: ["larder", "stuff_cached", "stuff_cold"] });
const arms = [goldArm("larder", () => 100), goldArm("stuff_cached", () => 20_000), goldArm("stuff_cold", () => 20_000)];

describe("pasting the whole corpus, by its own verdicts", () => {
  let report: SavingsReport;
  beforeAll(async () => {
    report = await conduct({ ...registration, metric: "evidence_recall" }, set, portsOf({ arms }));
  });
  const headlineWith = (verdict: SavingVerdict, ratio: number, isComplete = true): string => {
    const comparisons = report.comparisons.map((one) => ({
      ...{ ...one, verdict },
      savings: one.savings?.usd == null ? null : { ...one.savings, usd: { ...one.savings.usd, ratio } },
    }));
    return headlineOf({ ...report, comparisons, is_complete: isComplete }, comparisons[0]);
  };

  it("says that you save where the verdict saves, and claims no part of a cold corpus", () => {
    expect(report.comparisons.map(({ verdict }) => verdict)).toEqual(["saves", "saves"]);
    expect(report.headline).toMatch(
      /with the provider's cache warm \(you save \d+\.\d %\) or .+ without it \(you save .+; we do not claim that part\)/,
    );
  });

  it.each([
    ["costs_more", -0.25, "Larder costs you 25.0 % more"],
    ["not_established", 0.747, "not established: quality is not shown to hold"],
    ["no_measurable_effect", 0.001, "no measurable effect"],
    ["capability_only", 0.5, "a capability, not a saving"],
  ] as const)("never says so at %s", (verdict, ratio, words) => {
    const headline = headlineWith(verdict, ratio);
    expect(headline).toContain(`cache warm (${words}`);
    expect(headline).toContain(`without it (${words}`);
    expect(headline).not.toContain("you save");
  });

  it("blames no quality for a run that is not finished", () => {
    expect(headlineWith("not_established", 0.7, false)).toContain("(not established: the run is not finished)");
  });
});

describe("a billed run", () => {
  const billed = (inputCacheRead: number) =>
    conduct(
      registration,
      set,
      portsOf({ arms, asker: askerOf(() => ({ tokens: { ...noTokens, inputFresh: 900, inputCacheRead } })) }),
    );

  it("without a cache read calls nothing warm, and warns", async () => {
    const { headline, warnings } = await billed(0);
    expect(headline).toContain("though no cache read happened");
    expect(headline).toContain("with the cache kept out");
    expect(headline).not.toContain("warm");
    expect(warnings).toContainEqual(expect.stringMatching(/^No cache read happened/));
  });

  it("with cache reads is warm", async () => {
    const { headline, warnings } = await billed(100);
    expect(headline).toContain("with the provider's cache warm (");
    expect(warnings).not.toContainEqual(expect.stringMatching(/^No cache read happened/));
  });
});
