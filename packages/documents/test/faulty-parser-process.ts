import { readFile } from "node:fs/promises";
import { serveRequests } from "@larder/child-process";
import { defaultParseLimits } from "@larder/text-blocks";
import { ignoreForsakenPromises } from "../src/forsaken-promises.ts";
import { parseBytes } from "../src/parse-bytes.ts";

const kept: unknown[] = [];

ignoreForsakenPromises();

/** The parser, save for documents whose name is that of a fault. */
serveRequests({
  parse: async ({ file, fileName }: { readonly file: string; readonly fileName: string }) => {
    if (fileName === "loop") for (;;);
    if (fileName === "heap") for (;;) kept.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
    if (fileName === "buffers") for (;;) kept.push(Buffer.alloc(4 * 2 ** 20, 1));
    if (fileName === "exit") process.exit(3);
    if (fileName === "abort") process.abort();
    if (fileName === "environment") return Object.keys(process.env);
    if (fileName === "forsaken") setImmediate(() => Promise.reject(new Error("nobody waits for this")));
    return parseBytes(await readFile(file), fileName, defaultParseLimits);
  },
});
