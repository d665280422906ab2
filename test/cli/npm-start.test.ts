import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, it } from "vitest";
import { isRunning, processTree } from "../kill/process-tree.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-npm-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** npm as a user starts it, once the server says where it listens. */
async function startByNpm(
  args: readonly string[],
  dataDir: string,
): Promise<{ readonly npm: ChildProcess; readonly pids: readonly number[] }> {
  const npm = spawn("npm", args, {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", HOME: folder, NO_COLOR: "1", LARDER_DATA_DIR: dataDir, LARDER_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  for await (const bytes of npm.stdout) {
    printed += String(bytes);
    if (printed.includes("Larder listens on")) break;
  }
  return { npm, pids: processTree(npm.pid ?? 0) };
}

// Reads /proc to find what npm started.
it.skipIf(process.platform !== "linux").concurrent.for([
  { signal: "SIGTERM" as const, args: ["start"] },
  { signal: "SIGKILL" as const, args: ["start"] },
  { signal: "SIGTERM" as const, args: ["run", "larder", "--", "serve"] },
])("ends with all that it started when npm $args gets $signal", async ({ signal, args }, { expect }) => {
  const { npm, pids } = await startByNpm(args, join(folder, `${args[0]}-${signal}`));
  expect(pids.length).toBeGreaterThan(4); // npm, shell, server, worker, embedder, index
  npm.kill(signal);
  await once(npm, "exit");
  await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
});
