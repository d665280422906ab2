import { writeFileSync } from "node:fs";
import { LarderError } from "@larder/contracts";
import { serveRequests } from "../src/index.ts";

const hoard: Buffer[] = [];

serveRequests({
  echo: async (payload: unknown) => payload,
  double: async (vector: Float32Array) => vector.map((value) => value * 2),
  fail: async (code: "DOCUMENT_EMPTY") => {
    throw new LarderError(code, { details: { size: 0 } });
  },
  crash: async () => process.exit(7),
  defect: async () => {
    throw new TypeError("a defect");
  },
  // A loop that never ends is the point.
  spin: async () => {
    for (;;);
  },
  hoard: async () => {
    for (;;) {
      hoard.push(Buffer.alloc(16 * 2 ** 20, 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  // The channel is closed a while before the process has ended, as when a killed one frees much memory.
  hangUp: async (file: string) => {
    process.removeAllListeners("disconnect");
    process.disconnect();
    writeFileSync(file, "");
    setTimeout(() => process.exit(), 2_000);
  },
  wait: (_: unknown, call) =>
    new Promise((_resolve, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason))),
});
