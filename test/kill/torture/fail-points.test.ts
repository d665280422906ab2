import { expect, it } from "vitest";
import { ingestionPoints, runTorture } from "./run-torture.ts";

const seed = Number(process.env.LARDER_SEED ?? Date.now() % 1_000_000);

it.runIf(process.platform === "linux")(
  "holds what it acknowledged, once and whole, killed at every fail point of an upload",
  { timeout: 300_000 },
  async () => {
    console.info(`seed ${seed}: LARDER_SEED=${seed} npm run test:kill sends the same again`);
    const report = await runTorture({ kills: 0, seed, print: (line) => console.info(line) });
    expect(report.violations).toEqual([]);
    expect(report.kills).toEqual(Object.fromEntries(ingestionPoints.map((name) => [name, 1])));
    expect(ingestionPoints).toHaveLength(8);
  },
);
