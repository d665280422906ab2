import { fileURLToPath } from "node:url";
import type { ChildProcessOptions } from "./child-process-port.ts";
import { isSource } from "./entry-url.ts";

/** What a child is forked with. */
export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  /** Node's own flags. */
  readonly execArgv: string[];
}

/** The entry itself once built; what makes a bundle of it while we run from source ourselves. Memory bound in both. */
export function programOf({ entry, args = [], heapBytesMax }: ChildProcessOptions): Program {
  const execArgv = heapBytesMax === undefined ? [] : [`--max-old-space-size=${Math.ceil(heapBytesMax / 2 ** 20)}`];
  const path = fileURLToPath(entry);
  if (!isSource(entry.href)) return { path, args, execArgv };
  return {
    path: fileURLToPath(new URL("../scripts/run-source.mjs", import.meta.url)),
    args: [path, ...args],
    execArgv,
  };
}
