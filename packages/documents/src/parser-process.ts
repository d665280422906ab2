import { readFile } from "node:fs/promises";
import { serveRequests } from "@larder/child-process";
import { LarderError } from "@larder/contracts";
import { ignoreForsakenPromises } from "./forsaken-promises.ts";
import { parseBytes } from "./parse-bytes.ts";
import type { ParseOrder } from "./parse-order.ts";

ignoreForsakenPromises();

/** The child's entry: reads and parses one document at a time; its parent bounds time and memory. */
serveRequests({
  parse: async ({ file, fileName, limits }: ParseOrder) => parseBytes(await readDocument(file), fileName, limits),
});

async function readDocument(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    // Above what one buffer can hold, whatever the limit of uploads is.
    if (code === "ERR_FS_FILE_TOO_LARGE") throw new LarderError("DOCUMENT_TOO_LARGE", { cause });
    throw new LarderError(code === "ENOENT" ? "FILE_NOT_FOUND" : "UNEXPECTED", { cause });
  }
}
