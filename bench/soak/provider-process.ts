import { seededRandom, startFakeProvider } from "@larder/testkit";
import { faultCells } from "../../packages/generator-router/test/fault-cells.ts";
import { deltasOf } from "../faults/verdict.ts";

/**
 * The fake provider of the soak, in a process of its own so that its memory is not measured: `process.argv` holds the
 * share of calls with a fault and the seed. It ends with its parent.
 */
const [share = 0.05, seed = 1] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
/** Not the ones that would leave a model alone for an hour, nor ten megabytes a line: a soak wants many calls. */
const cells = faultCells.filter(({ name, answer: { fault } }) => {
  if (fault?.kind === "long_line") return false;
  return !/1e9|2099/.test(name);
});

const provider = await startFakeProvider({
  models: [{ id: "m-mini" }, { id: "m-small" }],
  answer: ({ model }) => {
    const cell = random() < share ? cells[Math.floor(random() * cells.length)] : undefined;
    return { deltas: deltasOf(model), fault: { kind: "drip", delayMs: 5 }, ...cell?.answer };
  },
});
// What is kept of each call is for tests; here it would only grow.
setInterval(() => (provider.records as unknown[]).splice(0), 1_000);
process.on("disconnect", () => process.exit(0));
process.send?.(provider.url);
