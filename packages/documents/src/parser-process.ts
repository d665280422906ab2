import { readFile } from "node:fs/promises";
import { serveRequests } from "@larder/child-process";
import { LarderError } from "@larder/contracts";
import { parseBytes } from "./parse-bytes.ts";
import type { ParseOrder } from "./parse-order.ts";

/** The child's entry: reads and parses one document at a time; its parent bounds time and memory. */
serveRequests({
  parse: async ({ file, fileName, limits }: ParseOrder) => parseBytes(await readDocument(file), fileName, limits),
});

async function readDocument(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new LarderError(isMissing ? "FILE_NOT_FOUND" : "UNEXPECTED", { cause });
  }
}
