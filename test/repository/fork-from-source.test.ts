import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./repository-files.ts";

/** Adapters run in child processes; from sources that takes a TypeScript loader and the source condition. */
it("runs a forked TypeScript file against the sources of another package", async () => {
  const folder = await mkdtemp(join(root, "test/repository/.fork-")); // inside, where packages resolve
  try {
    const entry = join(folder, "child-process.ts");
    await writeFile(
      entry,
      `const where: string = import.meta.resolve("@larder/contracts");
       const { errorRules } = await import("@larder/contracts");
       process.send?.({ where, codes: Object.keys(errorRules).length });
       process.disconnect();`,
    );
    const loader = import.meta.resolve("tsx");
    const child = fork(entry, { execArgv: ["--import", loader, "--conditions=@larder/source"] });
    const exit = once(child, "exit");
    const [reply] = await once(child, "message");
    expect(reply.where).toMatch(/packages\/contracts\/src\/index\.ts$/);
    expect(reply.codes).toBeGreaterThan(0);
    expect(await exit).toEqual([0, null]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("tests the sources of packages, not their builds", () => {
  expect(import.meta.resolve("@larder/contracts")).toMatch(/packages\/contracts\/src\/index\.ts$/);
});
