import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { productionSources, readText, repositoryFiles } from "./repository-files.ts";

const settingsIn = (text: string): readonly string[] => [
  ...new Set(text.match(/\bLARDER_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g)),
];
const page = "docs/settings.md";

it("documents each environment variable that the code names", () => {
  const used = [...new Set(productionSources.flatMap((file) => settingsIn(readText(file))))].sort();
  expect(used).not.toEqual([]);
  const documented = repositoryFiles.includes(page) ? settingsIn(readText(page)) : [];
  expect(used.filter((name) => !documented.includes(name))).toEqual([]);
});

it("documents no environment variable that nothing reads", () => {
  const readBy = repositoryFiles.filter((file) => /\.(?:ts|mjs|yaml)$|Dockerfile$/.test(file));
  const read = new Set(readBy.flatMap((file) => settingsIn(readText(file))));
  const documented = repositoryFiles.includes(page) ? settingsIn(readText(page)) : [];
  expect(documented.filter((name) => !read.has(name))).toEqual([]);
});

it("reads whole names", () => {
  expect(settingsIn("`LARDER_PORT`, LARDER_DATA_DIR=/data; LARDER_PORT again")).toEqual([
    "LARDER_PORT",
    "LARDER_DATA_DIR",
  ]);
});

it("has settings and the table of limits as the code has them", async () => {
  const script = "apps/api/scripts/write-settings-doc.ts";
  const args = ["--conditions=@larder/source", "--import", "tsx", script, "--check"];
  await expect(promisify(execFile)(process.execPath, args)).resolves.toMatchObject({ stderr: "" });
});

it("lists each limit of the parser and of uploads among the limits", () => {
  const names = settingsIn(readText("apps/api/src/config-reading.ts")).filter((name) =>
    /^LARDER_(?:PARSE|UPLOADS?)_/.test(name),
  );
  const table = readText("docs/guides/ingestion.md").split("<!-- limits: begin")[1]?.split("<!-- limits: end")[0] ?? "";
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !settingsIn(table).includes(name))).toEqual([]);
});
