import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderSavingsHtml, renderSavingsMarkdown, savingsReport } from "@larder/savings-runs";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costsMoreReport } from "./costs-more-report.ts";
import type { DrawnPlot } from "./launch-browser.ts";
import { inspectColours, inspectPlots, launchBrowser } from "./launch-browser.ts";

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
    let folder = "";
    let page: Page;
    const asked: string[] = [];
    const problems: string[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "larder-page-"));
      const report = savingsReport.parse(JSON.parse(await readFile(fixture, "utf8")));
      await writeFile(join(folder, "page.html"), renderSavingsHtml([report]));
      if (browser === undefined) return;
      page = await browser.newPage();
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(String(error)));
      await page.setViewport({ width: 1_000, height: 1_400 });
      await page.goto(pathToFileURL(join(folder, "page.html")).href);
    });
    afterAll(async () => {
      await browser?.close();
      await rm(folder, { recursive: true, force: true });
    });

    it("asks for nothing but itself, and complains of nothing", () => {
      expect(asked).toHaveLength(1);
      expect(problems).toEqual([]);
    });

    it("draws every plot in its place, with every word inside of it", async () => {
      const plots = (await page.evaluate(inspectPlots)) as readonly DrawnPlot[];
      expect(plots).toHaveLength(6);
      for (const plot of plots) expect(plot).toMatchObject({ isThere: true, outside: [] });
      expect(plots.every(({ marks }) => marks > 2)).toBe(true);
    });

    it("is no wider than the window, on a desk and on a telephone", async () => {
      for (const width of [1_000, 360]) {
        await page.setViewport({ width, height: 1_400 });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      }
      await page.setViewport({ width: 1_000, height: 1_400 });
    });

    it("has dark paper and light ink in the dark, and the other way round else", async () => {
      const brightness = async (scheme: string) => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        return (await page.evaluate(inspectColours)) as { readonly paper: number; readonly ink: number };
      };
      const [light, dark] = [await brightness("light"), await brightness("dark")];
      expect(light.paper - light.ink).toBeGreaterThan(150);
      expect(dark.ink - dark.paper).toBeGreaterThan(150);
    });

    it("looks different in light and dark, and prints", async () => {
      const shot = async (scheme: string) => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        return page.screenshot({ fullPage: true });
      };
      const [light, dark] = [await shot("light"), await shot("dark")];
      const isPng = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 4)).toString() === "PNG";
      expect([light, dark].every((bytes) => isPng(bytes) && bytes.length > 50_000)).toBe(true);
      expect(Buffer.compare(light, dark)).not.toBe(0);
      const pdf = await page.pdf({ format: "A4" });
      expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
    });

    describe("of a corpus of 50,000 tokens at 0.05x reads, where retrieval costs more", () => {
      let loss: Page;
      let html = "";
      beforeAll(async () => {
        html = renderSavingsHtml([await costsMoreReport()]);
        await writeFile(join(folder, "loss.html"), html);
        if (browser === undefined) return;
        loss = await browser.newPage();
        await loss.setViewport({ width: 1_000, height: 1_400 });
        await loss.goto(pathToFileURL(join(folder, "loss.html")).href);
      });

      it("says so first, in the colour of a loss, with the reference's dollars, and claims nothing against no cache", async () => {
        const seen = (await loss.evaluate(inspectVerdict)) as {
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
        const [cached = 0, ours = 0] = (await loss.evaluate(inspectLadder)) as readonly number[];
        expect(cached).toBeGreaterThan(0);
        expect(ours / cached).toBeCloseTo(6.1 / 4.6, 1);
      });

      it("has every word inside its plot, and every column of the verdicts on paper and on screen", async () => {
        const plots = (await loss.evaluate(inspectPlots)) as readonly DrawnPlot[];
        expect(plots.length).toBeGreaterThanOrEqual(6);
        for (const plot of plots) expect(plot).toMatchObject({ outside: [] });
        await loss.emulateMediaType("print");
        expect(await loss.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX")).toBe("visible");
        await loss.setViewport({ width: 794, height: 1_123 }); // A4
        expect(await loss.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(794);
      });

      it("says the same in Markdown", async () => {
        expect(renderSavingsMarkdown(await costsMoreReport())).toMatch(
          /\| the whole corpus, cache warm \| costs_more \|/,
        );
      });
    });
  },
);
