import type { FailPointName, ReachFailPoint } from "@larder/contracts";
import { failPointNames, LarderError, noFailPoint } from "@larder/contracts";

/**
 * For tests of what a crash leaves behind: `LARDER_FAIL_POINT=after-parse` kills the process, by SIGKILL, the first time
 * that it comes there, `after-parse:3` the third time. No setting of a Larder that serves anybody, so it is not among
 * those: only the entries of the API's and the worker's processes read it.
 * @throws {@link LarderError} `CONFIG_INVALID` for a place that is none
 */
export function readFailPoint(text: string | undefined): ReachFailPoint {
  if (text === undefined || text.trim() === "") return noFailPoint;
  const [name = "", times = "1"] = text.trim().split(":");
  const left = Number(times);
  if (!isFailPoint(name) || !Number.isInteger(left) || left < 1) {
    const problems = `LARDER_FAIL_POINT: must be one of ${failPointNames.join(", ")}, with :N for the Nth time`;
    throw new LarderError("CONFIG_INVALID", { details: { problems } });
  }
  let reached = 0;
  return (place) => {
    if (place !== name) return;
    reached += 1;
    if (reached === left) process.kill(process.pid, "SIGKILL");
  };
}

function isFailPoint(name: string): name is FailPointName {
  return failPointNames.some((known) => known === name);
}
