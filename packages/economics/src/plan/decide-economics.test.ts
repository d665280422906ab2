import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { economicsDocument } from "../document/economics-document.ts";
import { economicsPage } from "../document/economics-page.ts";
import { onePage, sensitivity } from "../document/one-page.ts";
import { toEconomicsDocument } from "../document/to-economics-document.ts";
import { publishedMovesOn } from "../history/price-moves.ts";
import { declineOfFactor } from "../model/decline.ts";
import { decideEconomics } from "./decide-economics.ts";
import { findFlips, flipInWords } from "./find-flips.ts";
import type { EconomicsInputs, LocalMachine, Workload } from "./inputs.ts";
import { leversOf, planOf } from "./levers.ts";
import { pays, pricePlan } from "./price-plan.ts";

const workload: Workload = {
  queriesPerMonth: 300_000,
  inputTokensPerQuery: 4_600,
  outputTokensPerQuery: 300,
  peakFactor: 2,
  growthPerMonth: 0,
  batchableRatio: 0,
  basis: "stated",
};
const machine: LocalMachine = {
  name: "a box",
  capexUsd: 3_000,
  setupHours: 10,
  lifeMonths: 36,
  salvage: { usd: 0, lowUsd: -500, highUsd: 500, decayPerMonth: 0.03 },
  activeWatts: 350,
  idleWatts: 45,
  usdPerKwh: 0.25,
  tokensPerSecond: { prefill: 4_000, decode: 400 },
  concurrency: 8,
  speedBasis: "measured",
  utilisationMax: 0.7,
  operationsHoursPerMonth: 4,
  usdPerOperationsHour: 90,
  operationsBasis: "stated",
  otherUsdPerMonth: 20,
  quality: 0.75,
  qualityGate: "passed",
};
const inputs: EconomicsInputs = {
  today: "2026-11-26",
  workload,
  comparator: { provider: "acme", model: "m", usdPerQuery: 0.0061, quality: 0.7, qualityBasis: "catalog" },
  strictest: { provider: "acme", model: "best", usdPerQuery: 0.0122, quality: 0.8, qualityBasis: "catalog" },
  capableBecause: "The catalog has it at 70 %.",
  apiAfter: ["list price"],
  decline: { perMonth: declineOfFactor(3), interval: null, basis: "stated", source: "stated" },
  moves: publishedMovesOn("2026-11-26"),
  machine,
  policy: { regions: [], isOfflineRequired: false, blocked: [] },
  risk: { outageHoursPerMonth: 0, usdPerOutageHour: 0, deprecationsPerMonth: 0, usdPerMigration: 0, usdPerError: 0 },
  draws: 400,
  seed: 7,
};
const extras = { priceBookId: "prices-test", quantisation: [], priceHistory: null, warnings: ["a warning"] };
const documentOf = (given: EconomicsInputs) => toEconomicsDocument(decideEconomics(given), extras);

describe("the plan", () => {
  it("adds up to the parts by hand", () => {
    const { capacity, running, terms } = pricePlan(planOf(inputs));
    // 525 tokens a second read at 4,000 and 34 written at 400: 0.217 of the time, twice that at the peak.
    expect(capacity).toMatchObject({ units: 1, prefillUnits: 1, decodeUnits: 1 });
    expect(capacity.utilisation).toBeCloseTo(525.114 / 4_000 + 34.247 / 400, 5);
    const busy = capacity.utilisation * 730;
    expect(running.electricityUsd).toBeCloseTo(((350 * busy + 45 * (730 - busy)) / 1_000) * 0.25, 9);
    expect(running.totalUsd).toBeCloseTo(running.electricityUsd + 360 + 20, 9);
    expect(terms.billUsd).toBeCloseTo(1_830, 9);
    expect(terms.capexUsd).toBe(3_900);
  });

  it("grows with the volume by whole machines", () => {
    const at = (queriesPerMonth: number) =>
      pricePlan({ ...planOf(inputs), workload: { ...workload, queriesPerMonth } });
    expect(at(3_000_000).capacity.units).toBe(7);
    expect(at(3_000_000).terms.capexUsd).toBe(7 * 3_000 + 900);
  });
});

describe("what flips the answer", () => {
  it("is where buying just begins or ceases to pay, by each lever alone", () => {
    const levers = leversOf(inputs);
    const flips = findFlips(levers);
    expect(flips.length).toBeGreaterThan(3);
    const paysNow = pays(pricePlan(planOf(inputs)));
    for (const flip of flips) {
      const lever = levers.find(({ variable }) => variable === flip.variable);
      const step = flip.direction === "above" ? 1e-6 : -1e-6;
      const near = (share: number) => pays(pricePlan(lever?.with(flip.value * (1 + share)) ?? planOf(inputs)));
      expect(near(step), flip.variable).toBe(!paysNow);
      expect(near(-step), flip.variable).toBe(paysNow);
    }
  });

  it("is told in plain words", () => {
    const flip = { variable: "volume", unit: "times", direction: "above", value: 3.14, to: "local" } as const;
    expect(flipInWords(flip)).toBe("volume > 3.1x");
    expect(
      flipInWords({ ...flip, variable: "operations_hours", unit: "hours_per_month", direction: "below", value: 4 }),
    ).toBe("operations < 4.0 h/month");
    expect(
      flipInWords({ ...flip, variable: "decline_x_per_year", unit: "x_per_year", direction: "below", value: 1.8 }),
    ).toBe("the API's price decline < 1.8x/yr");
  });
});

describe("the decision", () => {
  it("counts of a fallback's price what selling it does not bring back", () => {
    const hedgeOf = (usd: number) =>
      decideEconomics({
        ...inputs,
        risk: { ...inputs.risk, outageHoursPerMonth: 5, usdPerOutageHour: 100 },
        machine: { ...machine, salvage: { usd, lowUsd: usd, highUsd: usd, decayPerMonth: 0 } },
      }).hedgeUsdPerMonth;
    expect(hedgeOf(1_800) - hedgeOf(0)).toBeCloseTo(1_800 / 36, 9);
    expect(hedgeOf(-720) - hedgeOf(0)).toBeCloseTo(-20, 9);
  });

  it("is no better founded than its hours of operations", () => {
    const assumed = { ...machine, operationsBasis: "assumed" } as const;
    expect(decideEconomics(inputs).weakest).toBe("stated");
    expect(decideEconomics({ ...inputs, machine: assumed }).weakest).toBe("assumed");
  });

  it("puts the widest bar first, and prices the comparator from its own price to the strictest", () => {
    const { tornado } = decideEconomics(inputs);
    const swings = tornado.map(({ low, high }) => Math.abs(high.bestExitUsd - low.bestExitUsd));
    expect(swings).toEqual(swings.toSorted((a, b) => b - a));
    expect(tornado.find(({ variable }) => variable === "comparator_price")).toMatchObject({
      low: { value: 1 },
      high: { value: 2 },
    });
  });

  it("repeats for the same inputs, and depends on prices only behind the gates", () => {
    expect(decideEconomics(inputs)).toEqual(decideEconomics(inputs));
    const cheap = { ...inputs, machine: { ...machine, capexUsd: 0, qualityGate: "failed" as const } };
    expect(decideEconomics(cheap).reached.verdict).toBe("stay_api");
    const closed = { ...inputs, policy: { ...inputs.policy, isOfflineRequired: true } };
    expect(decideEconomics(closed)).toMatchObject({
      reached: { verdict: "constraint_decides" },
      personas: { recommended: "sovereign" },
    });
  });

  it("reviews when the comparator retires, if that is before the quarter is over", () => {
    expect(decideEconomics(inputs).nextReview).toBe("2027-02-25");
    const comparator = {
      provider: "acme",
      model: "m",
      usdPerQuery: 0.0061,
      quality: 0.7,
      qualityBasis: "catalog" as const,
      retiresOn: "2026-12-11",
    };
    expect(decideEconomics({ ...inputs, comparator }).nextReview).toBe("2026-12-11");
  });

  it("knows what a catalog's word is worth, and when the machine's own quality does not matter", () => {
    expect(decideEconomics(inputs).reached).toMatchObject({ verdict: "buy_local", confidence: "medium" });
    const unknown: LocalMachine = { ...machine, quality: null, qualityGate: "unknown" };
    expect(decideEconomics({ ...inputs, machine: unknown }).reached.confidence).toBe("low");
    const dear = { ...inputs, machine: { ...unknown, operationsHoursPerMonth: 200 } };
    const { reached } = decideEconomics(dear);
    expect(reached).toMatchObject({ verdict: "stay_api", confidence: "medium" });
    expect(reached.because).toContain("money alone says stay");
    const comparator = { provider: "acme", model: "m", usdPerQuery: 0.0061, quality: 0.7 };
    const judged = { ...dear, comparator: { ...comparator, qualityBasis: "observed" as const } };
    expect(decideEconomics(judged).reached.confidence).toBe("high");
  });

  it("prices a million tokens and a good answer on one basis, with salvage", () => {
    const salvage = { ...machine.salvage, usd: 800 };
    const { unitCosts, costsOfPass, plan } = decideEconomics({ ...inputs, machine: { ...machine, salvage } });
    const monthly = (3_900 - 800 * Math.exp(-0.03 * 36)) / 36 + plan.terms.runningUsd;
    expect(unitCosts.localFull).toBeCloseTo(monthly / (0.3 * 4_900), 9);
    expect(costsOfPass.localUsd).toBeCloseTo(monthly / 300_000 / 0.75, 9);
    expect(costsOfPass.localUsd).toBeCloseTo(((unitCosts.localFull ?? 0) * 4_900) / 1e6 / 0.75, 9);
  });
});

describe("the document", () => {
  it("holds its schema for any workload and machine, with no figure that is none", () => {
    const anyInputs = fc.record({
      queriesPerMonth: fc.double({ min: 1, max: 1e9, noNaN: true }),
      capexUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
      usdPerQuery: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      factor: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
      growthPerMonth: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    });
    fc.assert(
      fc.property(anyInputs, ({ queriesPerMonth, capexUsd, usdPerQuery, factor, growthPerMonth }) => {
        const document = documentOf({
          ...inputs,
          draws: 100,
          workload: { ...workload, queriesPerMonth, growthPerMonth },
          machine: { ...machine, capexUsd },
          comparator: { provider: "acme", model: "m", usdPerQuery, quality: null, qualityBasis: null },
          decline: { perMonth: declineOfFactor(factor), interval: null, basis: "stated", source: "stated" },
        });
        expect(economicsDocument.safeParse(document).error).toBeUndefined();
        const isNone = (_: string, value: unknown) =>
          typeof value === "number" && !Number.isFinite(value) ? "none" : value;
        expect(JSON.stringify(document, isNone)).not.toContain('"none"'); // JSON would make it null, which is never
        expect(onePage(document)).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 30 },
    );
  });

  it("has everything on one page of text that a leader asks for", () => {
    const page = onePage(documentOf(inputs));
    for (const part of [
      ...["BUY LOCAL (confidence", "Compared with acme/m: The catalog", "hurdle for any break-even", "operations $360"],
      ...["P(never", "switch off by", "to the API if", "->", "staying able to switch", "Gates, in their order"],
      ...["weakest: ", "next review 2027-02-25", "note: a warning", "if prices rise 1.5x a year"],
    ]) {
      expect(page).toContain(part);
    }
    expect(page.split("\n").length).toBeLessThan(75);
    expect(page).toContain(sensitivity(documentOf(inputs)));
    const history = {
      same_sku: [],
      same_slot: [],
      constant_quality: [{ date: "2026-01-01", usd_per_query: "0.010", model: "m", source: "a" }],
    };
    expect(onePage({ ...documentOf(inputs), price_history: history })).toContain(
      "constant quality  2026-01-01 $0.0100 (a)",
    );
  });

  it("gives electricity while busy, and with the idle hours that the month's figure has in it", () => {
    const document = documentOf(inputs);
    const withIdle = Number(document.local.running_parts_usd.electricity) / (0.3 * 4_900);
    const busy = Number(document.unit_usd_per_mtok.local_marginal);
    expect(withIdle).toBeGreaterThan(busy);
    expect(onePage(document)).toContain(
      `$${busy.toPrecision(3)} while busy, $${withIdle.toPrecision(3)} with idle hours`,
    );
    expect(onePage(document)).toContain("less salvage, over 36 months");
  });

  it("calls nothing a break-even that comes when the machine's life is over", () => {
    const rows = [
      [3, 36, 36.1],
      [125, 599, null],
    ];
    const document = documentOf(inputs);
    const scenarios = document.breakeven.scenarios.map((scenario) => ({ ...scenario, months: 44.6 }));
    const late = {
      ...document,
      breakeven: { ...document.breakeven, scenarios, switch_off_months: 57.6, under_water_again_months: 90 },
      charts: { ...document.charts, surface: { bills_usd: [1, 2], x_per_year: [1, 2, 3], months: rows } },
    };
    expect(onePage(late)).toMatch(/if prices rise 1\.5x a year +never within 36 months \(44\.6\)/);
    const page = economicsPage(late);
    expect(page).toContain("2 of 6 cells do");
    expect(page.match(/url\(#surface-hatch\)/g)).toHaveLength(4);
    expect(page).not.toContain(": 125<");
    expect(page).not.toMatch(/data-mark="(?:switch off|under water)"/); // the chart ends with the machine's life
  });

  it("has a page with its charts that opens without a network", () => {
    const point = (date: string, usd_per_query: string) => ({ date, usd_per_query, model: "acme/<m>" });
    const priceHistory = {
      same_sku: [point("2026-01-01", "0.01"), point("2026-06-01", "0.02")],
      same_slot: [],
      constant_quality: [point("2026-01-01", "0.01"), point("2026-06-01", "0.005")],
    };
    const page = economicsPage({ ...documentOf(inputs), price_history: priceHistory });
    for (const id of ["fan", "surface", "tornado", "history"]) expect(page).toContain(`id="${id}-title"`);
    for (const mark of ["break-even", "switch off"]) expect(page).toContain(`data-mark="${mark}"`);
    expect(page).toContain('data-rise="true"');
    expect(page).toContain("never");
    expect(page).toContain("acme/&lt;m&gt;");
    expect(page).not.toMatch(/https?:\/\/|<script|NaN|undefined/);
  });
});
