import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/**
 * Sources are tested, never `dist`: the `@larder/source` condition comes first, then Vite's own server conditions,
 * which setting this option would otherwise replace. Both keys are needed: tests run through Vite's ssr environment.
 * The projects are inline with `extends: true`, because projects found by glob do not inherit these options.
 */
const conditions = ["@larder/source", "module", "node", "development|production"];

/** Suites that read the data kept beside the project; they run by `npm run test:shared` only. */
const sharedTests = "**/*.shared.test.ts";
/** Suites that kill processes again and again: apart from `npm test`, as `npm run test:kill`. */
const killTests = [
  "test/kill/**/*.test.ts",
  "packages/*/test/torture/**/*.test.ts",
  "{apps,packages}/*/test/**/*kill*.test.ts",
  "test/**/*kill*.test.ts",
];
const exclude = ["**/node_modules/**", "**/dist/**", "**/.larder/**"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks", // native modules and child processes: a crash takes one worker down, not the run
    maxWorkers: 2,
    testTimeout: 20_000, // starting a child that loads TypeScript takes about a second on a busy machine
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } }, // a state that comes at last: vitest's own second is over before, on a busy machine
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"],
          exclude: [...exclude, sharedTests],
          // Half of the time went into loading the same modules for each file anew. What changes globals belongs elsewhere.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "repository", include: ["test/repository/**/*.test.ts"], exclude },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...exclude, ...killTests, sharedTests, "test/repository/**"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 }, // after the quick ones, which would starve them
        },
      },
      {
        extends: true,
        test: {
          name: "kill",
          include: killTests,
          exclude,
          testTimeout: 900_000,
          hookTimeout: 120_000,
          globalSetup: ["test/kill/global-setup.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "shared",
          include: [sharedTests],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          env: { LARDER_SHARED_DIR: resolve(process.env.LARDER_SHARED_DIR ?? "../shared") },
        },
      },
    ],
  },
});
