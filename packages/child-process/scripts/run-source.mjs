#!/usr/bin/env node
/**
 * Runs a TypeScript file of this repository: `node run-source.mjs FILE ARGUMENT…`, where FILE then finds its arguments as
 * if it had been started itself. Whatever it imports of the workspaces becomes one bundle, which is kept and made anew
 * as soon as one of its sources changes. A loader for each module on its own takes three times as long to start, and
 * that is paid by every command and every child. Nothing of this is in the published package, which runs `dist`.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const self = fileURLToPath(import.meta.url);
const root = resolve(dirname(self), "../../..");
const keptMs = 7 * 24 * 60 * 60 * 1_000; // of a bundle once another took its place: processes may still load parts of it

/** What tells a changed file: a build is no older than what it was made of. */
const stampOf = (file) => {
  const found = statSync(join(root, file), { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.mtimeMs} ${found.size}`;
};

/** What was made last, and of what; undefined before anything was. */
function currentOf(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "current.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/** The bundle's folder, when every source of it is still as it was. */
function freshBundle(folder) {
  const current = currentOf(folder);
  const isFresh = current && Object.entries(current.stamps).every(([file, stamp]) => stampOf(file) === stamp);
  return isFresh ? join(folder, current.bundle) : undefined;
}

/** Takes its place, and from now on the former one's days are counted: until now processes have started from it. */
function makeCurrent(folder, made) {
  const former = currentOf(folder);
  const written = join(folder, `${made.bundle}.json`);
  writeFileSync(written, JSON.stringify(made));
  const now = new Date();
  try {
    if (former !== undefined) utimesSync(join(folder, former.bundle), now, now);
  } catch {} // somebody deleted it
  renameSync(written, join(folder, "current.json"));
  for (const name of readdirSync(folder)) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (name !== made.bundle && found?.isDirectory() && now.getTime() - found.mtimeMs > keptMs) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Processes that start together may each make the bundle; each makes its own, and the last stays. */
async function makeBundle(entry, folder) {
  const { build, stop } = await import("esbuild");
  const stamps = {};
  const remember = (file) => {
    stamps[file] ??= stampOf(file);
  };
  remember(relative(root, self));
  remember("tsconfig.base.json");
  const sources = {
    name: "larder-sources",
    setup(bundling) {
      // Libraries are loaded as they are: some are native, and all are found from the root.
      bundling.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
        kind === "entry-point" || path.startsWith("@larder/") ? undefined : { path, external: true },
      );
      bundling.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(root, path);
        remember(file);
        remember(join(...file.split(/[\\/]/).slice(0, 2), "package.json")); // says what the package's names stand for
        // Files beside a module are found from where its source is, not from where the bundle is.
        const url = JSON.stringify(pathToFileURL(path).href);
        return { contents: readFileSync(path, "utf8").replaceAll("import.meta.url", url), loader: "ts" };
      });
    },
  };
  const bundle = randomUUID();
  await build({
    entryPoints: { entry },
    outdir: join(folder, bundle),
    absWorkingDir: root,
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", target: "node20.19" },
    ...{ conditions: ["@larder/source"], outExtension: { ".js": ".mjs" }, plugins: [sources] },
    ...{ sourcemap: "linked", sourcesContent: false, logLevel: "warning" },
  });
  await stop(); // else its process lives as long as this one
  makeCurrent(folder, { bundle, stamps });
  return join(folder, bundle);
}

const entry = resolve(process.argv[2] ?? "");
// By the whole path: a copy of the repository, with its node_modules, is another repository.
const key = `${basename(entry, ".ts")}-${createHash("sha256").update(entry).digest("hex").slice(0, 16)}`;
const folder = join(root, "node_modules", ".cache", "larder-sources", key);
mkdirSync(folder, { recursive: true });
process.argv.splice(1, 2, entry);
process.setSourceMapsEnabled(true);
const bundle = freshBundle(folder) ?? (await makeBundle(entry, folder));
await import(pathToFileURL(join(bundle, "entry.mjs")).href);
