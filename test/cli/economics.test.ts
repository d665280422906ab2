import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLarder } from "./run-larder.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-cli-economics-"));
  const guide = readFileSync(new URL("../../docs/guides/economics.md", import.meta.url), "utf8");
  const profile = /```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
  await writeFile(join(folder, "hw.json"), profile); // the guide's own example
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const larder = (...args: readonly string[]) => runLarder(args, { dataDir: folder, env: { LARDER_OFFLINE: "1" } });

it("decides by the guide's profile, with no key, no server and no network", async () => {
  const options = ["--profile", "hw.json", "--decline", "5", "--ops-hours", "10", "--rate", "90"];
  const text = await larder("economics", "break-even", ...options, "--html", "page.html");
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toMatch(/^(?:STAY API|BUY LOCAL) \(confidence \w+\)\n/);
  expect(text.stdout).toContain("operations $900.00");
  expect(readFileSync(join(folder, "page.html"), "utf8")).toContain('id="fan-title"');
  const json = await larder("economics", "break-even", ...options, "--json");
  const document = JSON.parse(json.stdout) as {
    schema: string;
    api: { comparator: string };
    breakeven: { draws: number };
  };
  expect(document).toMatchObject({ schema: "larder.economics/1", breakeven: { draws: 10_000, seed: 7 } });
  expect(document.api.comparator).toMatch(/^\w+\/\S+$/);
});

it("says what is wrong with a profile, and writes nothing", async () => {
  await writeFile(join(folder, "bad.json"), JSON.stringify({ workload: { queries_per_month: "many" }, local: {} }));
  const run = await larder("economics", "break-even", "--profile", "bad.json", "--html", "none.html");
  expect(run.code).toBe(2);
  expect(run.stderr).toContain("REQUEST_INVALID");
  expect(run.stderr).toContain("workload.queries_per_month");
  expect(existsSync(join(folder, "none.html"))).toBe(false);
  const missing = await larder("economics", "break-even", "--profile", "nowhere.json");
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("nowhere.json cannot be read") });
});
