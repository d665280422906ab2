import { mkdir, rm } from "node:fs/promises";
import { findPeer } from "./peers.ts";
import type { PeerRow } from "./report-rows.ts";
import type { Outcome } from "./run-child.ts";
import { runChild } from "./run-child.ts";
import type { DataFiles, PeerInput } from "./tasks.ts";

export interface RunOptions {
  readonly recallMin: number;
  readonly secondsEach: number;
  /** For building and searching together. */
  readonly timeoutMs: number;
  readonly tell: (line: string) => void;
}

const progressEveryMs = 10_000;

/** Builds in one process and searches in another; what was kept on disk is gone afterwards. */
export async function runPeer(
  id: string,
  files: DataFiles,
  folder: string,
  { recallMin, secondsEach, timeoutMs, tell }: RunOptions,
): Promise<PeerRow> {
  const { name, countMax } = findPeer(id);
  if (countMax !== undefined && files.count > countMax.count) return { name, notRun: countMax.reason };
  const shape = { folder, dimensions: files.dimensions, count: files.count };
  const input: PeerInput = { peer: id, files, shape, recallMin, secondsEach };
  const startMs = performance.now();
  let toldMs = startMs;
  const progress = (text: string): void => {
    if (performance.now() - toldMs < progressEveryMs) return;
    toldMs = performance.now();
    tell(`${name}: ${text}`);
  };
  const watch = () => ({ timeoutMs: Math.max(1, timeoutMs - (performance.now() - startMs)), progress });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    tell(`${name}: building`);
    const built = await runChild("build", input, watch());
    if (built.kind !== "done") return { name, notRun: whyNot(built, "building", timeoutMs) };
    const tuned = await runChild("tune", input, watch());
    if (tuned.kind !== "done") {
      return { name, built: built.result, notRun: whyNot(tuned, "searching", timeoutMs) };
    }
    const served = await runChild("serve", { ...input, ...tuned.result }, watch());
    if (served.kind !== "done") {
      return { name, built: built.result, notRun: whyNot(served, "searching", timeoutMs) };
    }
    return { name, built: built.result, served: served.result };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function whyNot(outcome: Exclude<Outcome<unknown>, { kind: "done" }>, phase: string, timeoutMs: number): string {
  return outcome.kind === "late"
    ? `not finished within ${timeoutMs / 60_000} min (${phase})`
    : `failed while ${phase}: ${outcome.reason}`;
}
