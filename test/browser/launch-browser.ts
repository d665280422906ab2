import chromium from "@sparticuz/chromium";
import type { Browser } from "puppeteer-core";
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
export const inspectColours = `(() => {
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
