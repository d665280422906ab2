import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a clone holds: the tracked files, as they are now; drafts that were never added are nobody's business. */
export const repositoryFiles: readonly string[] = execFileSync("git", ["ls-files", "-z"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
})
  .split("\0")
  .filter((file) => file !== "" && existsSync(root + file))
  .sort();

export const readText = (file: string): string => readFileSync(root + file, "utf8");

// biome-ignore lint/suspicious/noExplicitAny: a JSON file's shape is whatever the test that reads it expects
export const readJson = (file: string): any => JSON.parse(readText(file));

/** TypeScript that ships: neither tests, nor what stands in a test folder. */
export const productionSources: readonly string[] = repositoryFiles.filter(
  (file) => /^(?:apps|packages)\/[^/]+\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
);

/** `packages/store`, `apps/api`, …: the folder of each workspace. */
export const workspaces: readonly string[] = repositoryFiles
  .filter((file) => /^(?:apps|packages)\/[^/]+\/package\.json$/.test(file))
  .map((file) => file.replace("/package.json", ""));
