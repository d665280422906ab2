import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("ends with its parent even while it blocks, when the parent is killed", async () => {
  const runSource = fileURLToPath(new URL("../scripts/run-source.mjs", import.meta.url));
  const script = fileURLToPath(new URL("./orphan-parent.ts", import.meta.url));
  const parent = spawn(process.execPath, [runSource, script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString().trim());
  parent.kill("SIGKILL");
  await once(parent, "exit");
  await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
