import { writeSync } from "node:fs";
import { LarderError } from "@larder/contracts";
import { serveFrames, serveRequests } from "../src/index.ts";

serveFrames({
  1: async (body) => [body.subarray(0, 1), body.subarray(1)],
  2: async () => {
    throw new LarderError("DOCUMENT_EMPTY", { details: { size: 0 } });
  },
  3: async () => {
    writeSync(4, "no frame at all, and longer than a header");
    return [];
  },
  5: async () => [new Uint8Array(64 * 2 ** 20), Uint8Array.of(1)],
  4: (_, call) =>
    new Promise((_resolve, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason))),
});

serveRequests({});
