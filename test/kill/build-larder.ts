import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Builds what is published, as far as anything changed. The servers that are killed here run it: a server and its
 * processes that each load TypeScript take several times as long to listen again, and nothing else is tested by that.
 */
export function buildLarder(): void {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
