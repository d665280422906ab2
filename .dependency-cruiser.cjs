/**
 * Who may import whom. The reasons are in docs/decisions/0002-dependency-rules.md.
 *
 * A package's kind is the tag in its turbo.json, and its doors are the `@larder/source` targets of its `exports`;
 * both are read here, so a new package is under these rules from its first commit.
 */
const { existsSync, readFileSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const readJson = (...path) => JSON.parse(readFileSync(join(__dirname, ...path), "utf8"));
const packages = readdirSync(join(__dirname, "packages")).filter((name) =>
  existsSync(join(__dirname, "packages", name, "package.json")),
);
const apps = readdirSync(join(__dirname, "apps")).filter((name) =>
  existsSync(join(__dirname, "apps", name, "package.json")),
);

/** `(store|embedder|…)`: the packages with one of these tags. */
const tagged = (...tags) => {
  const names = packages.filter((name) =>
    readJson("packages", name, "turbo.json").tags.some((tag) => tags.includes(tag)),
  );
  if (names.length === 0) throw new Error(`No package has a tag of ${tags}: a rule would hold for nothing.`);
  return `(?:${names.join("|")})`;
};

/** Files that other packages may reach, as regular expressions from the root: index.ts and declared subpaths. */
const doors = ["packages", "apps"].flatMap((room) =>
  (room === "packages" ? packages : apps).flatMap((name) =>
    Object.values(readJson(room, name, "package.json").exports ?? {})
      .map((target) => target["@larder/source"])
      .filter((target) => target !== undefined)
      .map((target) => `^${room}/${name}/${target.replace("./", "").replaceAll(".", "\\.")}$`),
  ),
);

const testFiles = ["\\.test\\.ts$", "^(?:apps|packages)/[^/]+/test/", "^test/"];
/** The two production files that choose adapters, of the server and of its worker; benchmarks measure them one by one. */
const composition = ["^apps/api/src/compose(?:-worker)?\\.ts$", "^bench/"];

/** Commands that bring the router with them; they are imported when they are asked for. */
const loadedLate = [
  "^apps/cli/src/commands/(?:economics|price-history|prices|watch-prices)\\.ts$",
  "^apps/cli/src/economics/",
  "^apps/cli/src/render/prices\\.ts$",
];

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Files in a cycle cannot be read, tested or loaded one before the other; type imports count as well.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "contracts-import-nothing",
      comment: "Everything depends on the ports, so what they import is forced on everything: not even Node's modules.",
      severity: "error",
      from: { path: "^packages/contracts/", pathNot: testFiles },
      to: { pathNot: "^packages/contracts/" },
    },
    {
      name: "no-sibling-packages",
      comment: "A package knows the ports, not who implements them. Adapters may also run a child process.",
      severity: "error",
      from: { path: "^packages/([^/]+)/", pathNot: [...testFiles, ...composition] },
      to: {
        path: "^packages/",
        pathNot: [
          "^packages/$1/",
          `^packages/${tagged("reader")}/`,
          "^packages/(?:bounded-xml|bounded-zip|contracts|child-process|compound-file|dot-kernel|model-files|receipts|report-page|sentences|statistics|testkit|text-blocks)/",
        ],
      },
    },
    {
      name: "readers-are-for-adapters",
      comment: "A reader of a hostile format runs in the parser's child; whoever imports it elsewhere runs it outside.",
      severity: "error",
      from: { pathNot: [...testFiles, `^packages/${tagged("reader", "adapter")}/`] },
      to: { path: `^packages/${tagged("reader")}/` },
    },
    {
      name: "child-processes-are-for-adapters",
      comment: "A use case that starts processes cannot run on a port alone. Apps supervise children of their own.",
      severity: "error",
      from: { path: `^packages/${tagged("domain", "port", "testing")}/`, pathNot: testFiles },
      to: { path: "^packages/child-process/" },
    },
    {
      name: "testkit-in-tests-only",
      comment: "Conformance suites and fake providers must not reach what is installed.",
      severity: "error",
      from: { pathNot: [...testFiles, "^packages/testkit/", "^bench/"] },
      to: { path: "^packages/testkit/" },
    },
    {
      name: "adapters-named-in-compose-only",
      comment:
        "Whoever wants to know what Larder runs on reads apps/api/src/compose.ts and, for the worker, compose-worker.ts.",
      severity: "error",
      from: { pathNot: [...testFiles, ...composition, `^packages/${tagged("adapter")}/`] },
      to: { path: `^packages/${tagged("adapter")}/` },
    },
    {
      name: "packages-know-no-app",
      comment: "Imports go from apps to packages, never back.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" },
    },
    {
      name: "through-the-door",
      comment: "Another package is what its `exports` declare; its other files may change without notice.",
      severity: "error",
      from: { path: "^((?:apps|packages)/[^/]+|test|scripts|bench)/" },
      to: { path: "^(?:apps|packages)/[^/]+/", pathNot: ["^$1/", ...doors] },
    },
    {
      name: "by-name-not-by-path",
      comment: "`../../contracts/src/index.ts` works here and in no installed package: import it by its name.",
      severity: "error",
      from: { path: "^((?:apps|packages)/[^/]+|test|scripts|bench)/" },
      to: {
        path: "^(?:apps|packages)/[^/]+/",
        pathNot: "^$1/",
        dependencyTypes: ["local"],
        dependencyTypesNot: ["aliased-workspace"],
      },
    },
    {
      name: "not-ones-own-index",
      comment: "Inside a package files import each other by path; going through index.ts makes cycles.",
      severity: "error",
      from: { path: "^((?:apps|packages)/[^/]+/src)/", pathNot: testFiles },
      to: { path: "^$1/index\\.ts$" },
    },
    {
      name: "no-development-dependencies",
      comment:
        "What is installed has no devDependencies: the import would fail for everyone else. An .mjs is not installed.",
      severity: "error",
      from: { path: "^(?:apps|packages)/[^/]+/src/.*\\.ts$", pathNot: testFiles },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm", "npm-peer", "npm-optional"] },
    },
    {
      name: "commands-start-light",
      comment:
        "Loading the server or the router takes a second, which a command that only asks a server must not wait for.",
      severity: "error",
      from: {
        path: "^apps/cli/src/",
        pathNot: [...testFiles, "/evaluation/", "/quickstart/", ...loadedLate],
      },
      to: {
        path: ["^apps/api/src/", "^packages/(?:generator-router|store)/src/", ...loadedLate],
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere is outside every other rule.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    exclude: { path: ["/dist/", "/models/"] },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      // First the sources of the workspaces, then what Node would take.
      conditionNames: ["@larder/source", "import", "node", "require", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json", ".d.ts", ".node"],
    },
  },
};
