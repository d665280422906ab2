import { readFile } from "node:fs/promises";
import { renderSavingsHtml, renderSavingsMarkdown, savingsReport } from "@larder/savings-runs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costsMoreReport } from "./costs-more-report.ts";
import type { DrawnPlot, OpenedPage } from "./launch-browser.ts";
import { inspectPlots, launchBrowser, lookOf, openPage, widthsOf } from "./launch-browser.ts";

/** The page of a report as a browser draws it. */
const browser = await launchBrowser();

const inspectVerdict = `(() => {
  const line = document.querySelector("p.verdict");
  return {
    text: line.textContent,
    colour: getComputedStyle(line.querySelector("strong")).color,
    body: getComputedStyle(document.body).color,
    top: line.getBoundingClientRect().bottom,
    lead: document.querySelector(".headline").textContent,
  };
})()`;
/** Widths of the bars of the warm corpus and of Larder. */
const inspectLadder = `["the whole corpus, cache warm", "Larder"].map((name) => {
  const bars = [...document.querySelectorAll("svg[role=img] rect")];
  return bars.find((bar) => bar.querySelector("title")?.textContent.startsWith(name + ": $"))?.getBoundingClientRect().width;
})`;

const fixture = new URL("report.json", import.meta.url);

describe.skipIf(browser === undefined)(
  "the savings page in a browser (skipped where the packaged one does not start)",
  () => {
    let opened: OpenedPage;

    beforeAll(async () => {
      const report = savingsReport.parse(JSON.parse(await readFile(fixture, "utf8")));
      if (browser !== undefined) opened = await openPage(browser, renderSavingsHtml([report]));
    });
    afterAll(async () => {
      await opened[Symbol.asyncDispose]();
      await browser?.close();
    });

    it("asks for nothing but itself, and complains of nothing", () => {
      expect(opened.asked).toHaveLength(1);
      expect(opened.problems).toEqual([]);
    });

    it("draws every plot in its place, with every word inside of it", async () => {
      const plots = (await opened.page.evaluate(inspectPlots)) as readonly DrawnPlot[];
      expect(plots).toHaveLength(6);
      for (const plot of plots) expect(plot).toMatchObject({ isThere: true, outside: [] });
      expect(plots.every(({ marks }) => marks > 2)).toBe(true);
    });

    it("is no wider than the window, on a desk and on a telephone", async () => {
      const [desk, telephone] = await widthsOf(opened.page, [1_000, 360]);
      expect(desk).toBeLessThanOrEqual(1_000);
      expect(telephone).toBeLessThanOrEqual(360);
    });

    it("has dark paper and light ink in the dark, and the other way round else", async () => {
      const [light, dark] = [await lookOf(opened.page, "light"), await lookOf(opened.page, "dark")];
      expect(light.paper - light.ink).toBeGreaterThan(150);
      expect(dark.ink - dark.paper).toBeGreaterThan(150);
      const isPng = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 4)).toString() === "PNG";
      expect([light, dark].every(({ png }) => isPng(png) && png.length > 50_000)).toBe(true);
      expect(Buffer.compare(light.png, dark.png)).not.toBe(0);
    });

    it("prints", async () => {
      const pdf = await opened.page.pdf({ format: "A4" });
      expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
    });

    describe("of a corpus of 50,000 tokens at 0.05x reads, where retrieval costs more", () => {
      let loss: OpenedPage;
      let html = "";
      beforeAll(async () => {
        html = renderSavingsHtml([await costsMoreReport()]);
        if (browser !== undefined) loss = await openPage(browser, html);
      });
      afterAll(() => loss[Symbol.asyncDispose]());

      it("says so first, in the colour of a loss, with the reference's dollars, and claims nothing against no cache", async () => {
        const seen = (await loss.page.evaluate(inspectVerdict)) as {
          readonly text: string;
          readonly colour: string;
          readonly body: string;
          readonly top: number;
          readonly lead: string;
        };
        expect(seen.text).toBe("Costs more (costs_more) against the whole corpus, cache warm. It takes 32.6 % more.");
        expect(seen.colour).not.toBe(seen.body);
        expect(seen.top).toBeLessThan(700); // without scrolling
        expect(seen.lead).toContain("would answer for $6.10 per 1,000 queries");
        expect(seen.lead).toContain("$4.60 with the provider's cache warm (Larder costs you 32.6 % more)");
        expect(seen.lead).toContain("$52.10 without it (you save 88.3 %; we do not claim that part)");
      });

      it("shows every question at a loss, and a ladder whose cached step is the shorter one", async () => {
        expect(html).toContain("240 questions, 240 of them at a loss; nothing is saved in total");
        const [cached = 0, ours = 0] = (await loss.page.evaluate(inspectLadder)) as readonly number[];
        expect(cached).toBeGreaterThan(0);
        expect(ours / cached).toBeCloseTo(6.1 / 4.6, 1);
      });

      it("has every word inside its plot, and every column of the verdicts on paper and on screen", async () => {
        const plots = (await loss.page.evaluate(inspectPlots)) as readonly DrawnPlot[];
        expect(plots.length).toBeGreaterThanOrEqual(6);
        for (const plot of plots) expect(plot).toMatchObject({ outside: [] });
        await loss.page.emulateMediaType("print");
        expect(await loss.page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX")).toBe(
          "visible",
        );
        await loss.page.setViewport({ width: 794, height: 1_123 }); // A4
        expect(await loss.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(794);
      });

      it("says the same in Markdown", async () => {
        expect(renderSavingsMarkdown(await costsMoreReport())).toMatch(
          /\| the whole corpus, cache warm \| costs_more \|/,
        );
      });
    });
  },
);
