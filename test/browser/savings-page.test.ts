import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderSavingsHtml, savingsReport } from "@larder/savings-runs";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DrawnPlot } from "./launch-browser.ts";
import { inspectColours, inspectPlots, launchBrowser } from "./launch-browser.ts";

/** The page of a report as a browser draws it. */
const browser = await launchBrowser();

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
  },
);
