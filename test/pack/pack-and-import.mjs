/**
 * Packs each package and app as npm would publish it, installs all of them together into an empty folder, and imports
 * each by its name under plain node: no TypeScript loader, no source condition, no workspace links. What a package
 * offers there must be what its sources offer. Needs `npm run build` first. Bounded: each command has a time limit.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folders = ["packages", "apps"].flatMap((room) => readdirSync(join(root, room)).map((name) => join(room, name)));
const manifests = folders
  .filter((folder) => existsSync(join(root, folder, "package.json")))
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) }));

const problems = [];
const run = (command, args, options) =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 300_000, ...options });

/** The names that a module has at run time. The last line, because a module may print while it loads. */
function namesOf(specifier, nodeArguments, cwd) {
  const program = `console.log("\\n" + JSON.stringify(Object.keys(await import(${JSON.stringify(specifier)})).sort())); process.exit()`;
  const output = run(process.execPath, [...nodeArguments, "--input-type=module", "--eval", program], {
    cwd,
    timeout: 60_000,
  });
  return JSON.parse(output.trim().split("\n").at(-1));
}

/** Where the build must have put what stands in `src` and is no TypeScript: the compiler copies none of it. */
const dataFilesOf = (workspace) =>
  run("git", ["ls-files", "-z", "--", `${workspace}/src`], { cwd: root })
    .split("\0")
    .filter((file) => file !== "" && !/\.tsx?$/.test(file))
    .map((file) => file.replace(`${workspace}/src/`, "dist/"));

const folder = mkdtempSync(join(tmpdir(), "larder-pack-"));
try {
  const tarballs = join(folder, "tarballs");
  const installed = join(folder, "installed");
  mkdirSync(tarballs);
  mkdirSync(installed);

  const packed = JSON.parse(
    run("npm", ["pack", "--workspaces", "--json", "--pack-destination", tarballs], { cwd: root }),
  );
  for (const { name, files } of Array.isArray(packed) ? packed : Object.values(packed)) {
    const strays = files.map(({ path }) => path).filter((path) => /\.test\.|^(?:src|test)\/|tsbuildinfo/.test(path));
    if (strays.length > 0) problems.push(`${name} would publish ${strays.join(", ")}`);
    const dataFiles = dataFilesOf(manifests.find((manifest) => manifest.name === name).folder);
    const forgotten = dataFiles.filter((file) => !files.some(({ path }) => path === file));
    if (forgotten.length > 0) problems.push(`${name} would publish no ${forgotten.join(", ")}`);
    if (!files.some(({ path }) => path === "README.md")) problems.push(`${name} would publish no README.md`);
  }

  // Install scripts compile native modules for a minute or two; the builds that this workspace has already are the same.
  writeFileSync(join(installed, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const files = readdirSync(tarballs).map((file) => join(tarballs, file));
  run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...files], {
    cwd: installed,
  });
  for (const native of ["better-sqlite3", "hnswlib-node"]) {
    const build = join(root, "node_modules", native, "build");
    if (existsSync(build)) cpSync(build, join(installed, "node_modules", native, "build"), { recursive: true });
  }

  for (const { name, folder: workspace, exports = {}, bin = {} } of manifests) {
    try {
      let count = 0;
      for (const [subpath, target] of Object.entries(exports)) {
        const specifier = name + subpath.slice(1);
        const source = `./${workspace}/${target["@larder/source"].replace("./", "")}`;
        const offered = namesOf(specifier, [], installed);
        const promised = namesOf(source, ["--import", "tsx", "--conditions=@larder/source"], root);
        const missing = promised.filter((exported) => !offered.includes(exported));
        if (missing.length > 0) problems.push(`${specifier} lacks ${missing.join(", ")}`);
        count += offered.length;
      }
      for (const command of Object.keys(bin)) {
        const help = run(join(installed, "node_modules/.bin", command), ["--help"], {
          cwd: installed,
          timeout: 60_000,
        });
        if (!help.includes(command)) problems.push(`${command} --help does not name itself`);
      }
      if (count === 0 && Object.keys(bin).length === 0) problems.push(`${name} offers nothing at run time`);
      const { messages, pkg } = await publint({ pkgDir: join(root, workspace), level: "warning", pack: false });
      problems.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`));
      console.log(`${name}: ${count} names`);
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) console.error(`problem: ${problem}`);
console.log(`${manifests.length} packages packed, installed and imported; ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
