/** The fake provider in a process of its own: its work is not counted as a gateway's. Ends with its parent. */
import { startFakeProvider } from "@larder/testkit/fake-provider";

const deltas = Array.from({ length: 16 }, (_, i) => `word${i} and more `);
const prices = { input: "0.10", output: "0.40" };
const provider = await startFakeProvider({
  models: [
    { id: "m-mini", prices },
    { id: "m-small", prices: { input: "0.20", output: "0.80" } },
  ],
  answer: () => ({ deltas }),
});
process.once("disconnect", () => process.exit(0));
process.send?.({ url: provider.url });
