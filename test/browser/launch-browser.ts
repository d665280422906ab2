import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import chromium from "@sparticuz/chromium";
import type { Browser, Page } from "puppeteer-core";
import puppeteer from "puppeteer-core";

/** The browser comes as a package, for Linux on x64 with its usual libraries; `undefined` where it does not start. */
export async function launchBrowser(): Promise<Browser | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    return await puppeteer.launch({
      args: [...chromium.args, "--no-sandbox"],
      executablePath: await chromium.executablePath(),
      headless: "shell",
    });
  } catch {
    return undefined; // a library is missing here; the name of the skipped suite says so
  }
}

/** A page as a browser on a desk shows it, and what it did on the way. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Addresses that it asked for, its own first. */
  readonly asked: readonly string[];
  /** What it wrote to the console, and errors that nobody caught. */
  readonly problems: readonly string[];
}

const deskView = { width: 1_000, height: 1_400 };

/** From a file in a folder of its own, as whoever got the page by mail opens it. */
export async function openPage(browser: Browser, html: string): Promise<OpenedPage> {
  const folder = await mkdtemp(join(tmpdir(), "larder-page-"));
  const file = join(folder, "page.html");
  await writeFile(file, html);
  const page = await browser.newPage();
  const asked: string[] = [];
  const problems: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.setViewport(deskView);
  await page.goto(pathToFileURL(file).href);
  return {
    ...{ page, asked, problems },
    async [Symbol.asyncDispose]() {
      await page.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** How wide the page is, in windows of these widths; the window is as on a desk afterwards. */
export async function widthsOf(page: Page, windowWidths: readonly number[]): Promise<readonly number[]> {
  const widths: number[] = [];
  for (const width of windowWidths) {
    await page.setViewport({ ...deskView, width });
    widths.push(Number(await page.evaluate("document.documentElement.scrollWidth")));
  }
  await page.setViewport(deskView);
  return widths;
}

export interface Look {
  /** Brightness of the paper and of the ink, 0 to 255. */
  readonly paper: number;
  readonly ink: number;
  readonly png: Uint8Array;
}

/** The page for a reader who wants it light, or dark. */
export async function lookOf(page: Page, scheme: "light" | "dark"): Promise<Look> {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const colours = (await page.evaluate(inspectColours)) as Pick<Look, "paper" | "ink">;
  return { ...colours, png: await page.screenshot({ fullPage: true }) };
}

/** Runs in the page, so it is text here: the types of a browser are not those of this program. */
export const inspectPlots = `[...document.querySelectorAll('svg[role="img"]')].map((svg) => {
  const whole = svg.getBoundingClientRect();
  const outside = [...svg.querySelectorAll("text")].filter((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return left < whole.left - 1 || right > whole.right + 1 || top < whole.top - 1 || bottom > whole.bottom + 1;
  });
  return {
    title: svg.querySelector("title")?.textContent ?? "",
    isThere: whole.width > 300 && whole.height > 30,
    marks: svg.querySelectorAll("line, rect, circle, polyline").length,
    outside: outside.map((text) => text.textContent),
  };
})`;
const inspectColours = `(() => {
  const of = (colour) => (colour.match(/\\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
  const { backgroundColor, color } = getComputedStyle(document.body);
  return { paper: of(backgroundColor), ink: of(color) };
})()`;

export interface DrawnPlot {
  readonly title: string;
  readonly isThere: boolean;
  readonly marks: number;
  readonly outside: readonly string[];
}
