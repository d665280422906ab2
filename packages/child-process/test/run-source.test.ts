import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const runSource = fileURLToPath(new URL("../scripts/run-source.mjs", import.meta.url));
let folder = "";
let entry = "";
beforeEach(async () => {
  folder = await mkdtemp(fileURLToPath(new URL("./.run-source-", import.meta.url))); // inside, where packages resolve
  entry = join(folder, "entry.ts");
  await writeFile(join(folder, "word.ts"), `export const word: string = "first";\n`);
  await writeFile(
    entry,
    `import { errorRules } from "@larder/contracts";
     import { word } from "./word.ts";
     console.log(JSON.stringify([word, import.meta.url, process.argv.slice(1), Object.keys(errorRules).length > 0]));
     const { late } = await import("./late.ts");
     late();\n`,
  );
  await writeFile(join(folder, "late.ts"), `export function late(): void {\n  throw new Error("too late");\n}\n`);
});
const cache = fileURLToPath(new URL("../../../node_modules/.cache/larder-sources/", import.meta.url));
const foldersOfEntry = async () => (await readdir(cache)).filter((name) => name.startsWith("entry-"));
afterEach(async () => {
  await rm(folder, { recursive: true });
  for (const name of await foldersOfEntry()) await rm(join(cache, name), { recursive: true });
});

async function run(...args: readonly string[]): Promise<{ printed: unknown[]; complaint: string }> {
  const ended = promisify(execFile)(process.execPath, [runSource, entry, ...args]);
  const { stdout, stderr } = await ended.catch((failure: { stdout: string; stderr: string }) => failure);
  return { printed: JSON.parse(stdout), complaint: stderr };
}

it("runs an entry as if it had been started itself, and names its sources where it fails", async () => {
  const { printed, complaint } = await run("--flag", "value");
  expect(printed).toEqual(["first", new URL(`file://${entry}`).href, [entry, "--flag", "value"], true]);
  expect(complaint).toMatch(/too late[\s\S]*late\.ts:2:9/);
});

it("runs what a source says now, not what it said when the bundle was made", async () => {
  await run();
  await writeFile(join(folder, "word.ts"), `export const word: string = "second, and longer";\n`);
  expect((await run()).printed[0]).toBe("second, and longer");
});

it("is made by many at once without harm", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => run()));
  expect(all.map(({ printed }) => printed[0])).toEqual(["first", "first", "first", "first"]);
});

it("keeps a bundle for a week after another took its place, however old it was", async () => {
  const say = (word: string) => writeFile(join(folder, "word.ts"), `export const word: string = "${word}";\n`);
  await run();
  const [name = ""] = await foldersOfEntry();
  const inFolder = (part: string) => join(cache, name, part);
  const currentBundle = async () => JSON.parse(await readFile(inFolder("current.json"), "utf8")).bundle as string;
  const eightDaysAgo = new Date(Date.now() - 8 * 24 * 60 * 60 * 1_000);
  const first = await currentBundle();
  await utimes(inFolder(first), eightDaysAgo, eightDaysAgo);
  await say("second one");
  await run();
  const second = await currentBundle();
  expect(await readdir(inFolder("."))).toEqual(expect.arrayContaining([first, second]));
  await utimes(inFolder(first), eightDaysAgo, eightDaysAgo);
  await say("the third one");
  await run();
  const left = await readdir(inFolder("."));
  expect(left).toContain(second);
  expect(left).not.toContain(first);
});

it.runIf(process.platform === "linux")("leaves no process of the bundler behind", async () => {
  await writeFile(
    entry,
    `import { readFileSync } from "node:fs";
     const { pid } = process;
     console.log(JSON.stringify(readFileSync(\`/proc/\${pid}/task/\${pid}/children\`, "utf8").split(" ").filter(Boolean)));\n`,
  );
  expect((await run()).printed).toEqual([]);
});
