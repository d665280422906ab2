import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { ChildProcessOptions } from "./child-process-port.ts";
import { isSource } from "./entry-url.ts";

/** Node's own flags for the child: memory bound, and the TypeScript loader when we run from source ourselves. */
export function execArguments({ entry, heapBytesMax }: ChildProcessOptions): string[] {
  const heap = heapBytesMax === undefined ? [] : [`--max-old-space-size=${Math.ceil(heapBytesMax / 2 ** 20)}`];
  if (!isSource(entry.href)) return heap;
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return [...heap, "--conditions=@larder/source", "--import", loader];
}
