import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { renderSavingsHtml } from "../src/html/render-savings-html.ts";
import { renderSavingsMarkdown } from "../src/render-markdown.ts";
import type { SavingsReport } from "../src/report-schema.ts";
import { savingsReport, savingsReportJsonSchema } from "../src/report-schema.ts";
import { conduct, forgetfulArm, goldArm, portsOf, priceBook, registrationOf, setOf } from "./open-run.ts";

const published = new URL("../schema/larder.savings-1.schema.json", import.meta.url);
let report: SavingsReport;
let page: string;

beforeAll(async () => {
  const set = { ...setOf(200, 40), name: "mine <b>" };
  const registration = registrationOf(set, {
    arms: [
      "larder",
      "lexical_passages",
      "random_passages",
      "oracle_evidence",
      "stuff_cached",
      "stuff_cold",
      "stuff_truncated",
    ],
    metric: "evidence_recall",
    budgets: [256, 1_024, 4_096],
    primaryBudget: 1_024,
  });
  const rates = { inputFresh: 10n, outputText: 10n } as const;
  const entry = { provider: "acme", model: "m", contextTokens: 128_000, rates, tiers: [{ inputTokens: 200_000 }] };
  const arms = [
    forgetfulArm("larder", 20),
    forgetfulArm("lexical_passages", 6),
    forgetfulArm("random_passages", 1),
    goldArm("oracle_evidence", () => 3),
    goldArm("stuff_cached", () => 50_000),
    goldArm("stuff_cold", () => 50_000),
    {
      ...goldArm("stuff_truncated", () => 0),
      infeasible: { kind: "not_offered" as const, reason: "Everything fits." },
    },
  ];
  const book = { ...priceBook, find: () => entry as unknown as ReturnType<typeof priceBook.find> };
  report = await conduct(registration, set, portsOf({ arms, priceBook: book }));
  page = renderSavingsHtml([report]);
});

describe("the schema", () => {
  it("is the one that is published (npm run docs:savings-schema)", () => {
    expect(JSON.parse(readFileSync(published, "utf8"))).toEqual(savingsReportJsonSchema());
  });

  it("accepts a real report as JSON, and refuses one with a field less, more or wrong", () => {
    const fromFile = z.fromJSONSchema(JSON.parse(readFileSync(published, "utf8")));
    const json = JSON.parse(JSON.stringify(report));
    expect(savingsReport.parse(json)).toEqual(json);
    expect(fromFile.safeParse(json).success).toBe(true);
    const { headline: _, ...without } = json;
    for (const wrong of [
      without,
      { ...json, extra: 1 },
      { ...json, schema: "larder.savings/2" },
      { ...json, arms: [{}] },
    ]) {
      expect(savingsReport.safeParse(wrong).success).toBe(false);
      expect(fromFile.safeParse(wrong).success).toBe(false);
    }
  });
});

describe("the headline", () => {
  it("says what is not claimed, that nothing was sent, and a verdict", () => {
    expect(report.headline).toMatch(/^On 200 questions, .+ per 1,000 queries\./);
    expect(report.headline).toContain("with the provider's cache warm (");
    expect(report.headline).toContain("BM25 alone:");
    expect(report.headline).toMatch(
      /Verdict against .+: (?:saves|costs_more|no_measurable_effect|not_established|capability_only)\./,
    );
    expect(report.headline).toContain("Nothing was sent");
  });
});

describe("the page", () => {
  const titles = [
    "Evidence recall against the token budget",
    "What 1,000 queries cost",
    "Saved per question against",
    "evidence recall against dollars per 1,000 queries",
    "What a prompt and its answer hold, on average",
    "Saved against pasting the whole corpus",
  ];

  it.each(titles)("draws and describes: %s", (title) => {
    const plots = [...page.matchAll(/<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"/g)];
    const named = plots.filter(([, id]) => page.includes(`<title id="${id}">${title}`));
    expect(named).toHaveLength(1);
    expect(page).toContain(`<desc id="${named[0]?.[2]}">`);
  });

  it("has the figures of every plot in a table, and no id twice", () => {
    expect(page.match(/<table>/g)?.length).toBeGreaterThanOrEqual(titles.length + 2);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("marks T90, hatches what is not ours, and colours losses apart", () => {
    expect(page).toContain("T90 256");
    expect(page.match(/class="hatched"/g)).toHaveLength(3);
    expect(page).toContain("price tier 200,000");
  });

  it("says where the plot by corpus size is cut off, and only where it is", () => {
    const lines = report.corpus_size?.lines ?? [];
    const atMost = (saved_ratio: number) =>
      lines.map((line) => ({ ...line, points: line.points.map((point) => ({ ...point, saved_ratio })) }));
    const pageWith = (saved_ratio: number) =>
      renderSavingsHtml([
        { ...report, corpus_size: report.corpus_size && { ...report.corpus_size, lines: atMost(saved_ratio) } },
      ]);
    expect(pageWith(-0.9)).not.toContain("The plot ends at");
    expect(pageWith(-3.1)).toContain("The plot ends at -300 %; the table does not.");
  });

  it("opens offline, in light and dark, and on paper", () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)|https?:/);
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).toContain("@media print");
  });

  it("shows names as text, and no number that is not one", () => {
    expect(page).toContain("mine &lt;b&gt;");
    expect(page).not.toContain("mine <b>");
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("holds several sets, with ids of their own", () => {
    const both = renderSavingsHtml([report, report]);
    const ids = [...both.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(renderSavingsHtml([])).toContain("<h1>Measured savings</h1>");
  });
});

it("tells the same in Markdown", () => {
  const text = renderSavingsMarkdown(report);
  expect(text).toContain(`> ${report.headline}`);
  for (const heading of [
    "Verdicts",
    "Arms",
    "Tokens that reach a recall",
    "Savings at equal quality",
    "What was fixed beforehand",
  ]) {
    expect(text).toContain(`## ${heading}`);
  }
  expect(text).toContain("| the beginning of the corpus | not_established |");
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

it("calls losses losses: evidence dearer than a warm corpus is costs_more", async () => {
  const set = setOf(100, 20);
  const registration = registrationOf(set, { metric: "evidence_recall", budgets: [4_096], primaryBudget: 4_096 });
  const arms = [goldArm("larder", () => 4_000), goldArm("stuff_cached", () => 20_000)];
  const dear = await conduct(registration, set, portsOf({ arms }));
  expect(dear.comparisons[0]).toMatchObject({ verdict: "costs_more", concentration_top1pct_ratio: null });
  expect(dear.headline).toMatch(/Larder costs you \d+\.\d % more/);
  expect(renderSavingsHtml([dear])).toContain("costs_more");
});
