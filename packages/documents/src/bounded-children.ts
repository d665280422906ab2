import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Call, TaskPriority } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { ChildSlots } from "./child-slots.ts";

export interface BoundedChildrenOptions {
  /** Documents of a priority read at the same time, each in a process of its own. @defaultValue 1 */
  readonly children?: number;
  /**
   * A child is replaced after this many documents, so that what leaks does not grow; and before that, where its memory can
   * be seen, once it holds half of `memoryBytesMax` after 50 of them. @defaultValue 10000 where it can be seen, else 500
   */
  readonly documentsPerChildMax?: number;
  /** Wall clock for one document; the start of a child is not counted. @defaultValue 30000 */
  readonly timeoutMs?: number;
  /** Resident memory of a child, buffers outside the heap included. @defaultValue 512 MiB */
  readonly memoryBytesMax?: number;
  /** Added to the nice value of each child. @defaultValue 0 */
  readonly niceness?: number;
  /** For fault tests: another entry than the own one. */
  readonly entry?: URL;
}

/** Children that read hostile bytes: one order at a time in each, under limits of time and memory. */
export interface BoundedChildren extends AsyncDisposable {
  /**
   * @throws {@link LarderError} what the child's handler throws; `PARSER_TIMED_OUT`, `PARSER_OUT_OF_MEMORY`,
   * `PARSER_CRASHED`
   */
  ask<Reply>(method: string, order: unknown, call: Call, priority?: TaskPriority): Promise<Reply>;
}

/** A new child reads its first documents three times as slowly, until what it runs is compiled. Chosen arbitrarily. */
const documentsPerChildMin = 50;

/** @param entryName - beside this module, without its extension */
export function openBoundedChildren(
  name: string,
  entryName: `./${string}-process`,
  options: BoundedChildrenOptions,
): BoundedChildren {
  const { children = 1, timeoutMs = 30_000, memoryBytesMax = 512 * 2 ** 20 } = options;
  const { documentsPerChildMax = process.platform === "linux" ? 10_000 : 500 } = options;
  const outOfMemory = (): LarderError => new LarderError("PARSER_OUT_OF_MEMORY", { details: { memoryBytesMax } });
  const isWorn = async (child: ChildProcess, documents: number): Promise<boolean> =>
    documents >= documentsPerChildMin && ((await child.residentBytes()) ?? 0) > memoryBytesMax / 2;
  const slots = new ChildSlots({ children, documentsPerChildMax, isWorn, open });

  function open(): ChildProcess {
    return openChildProcess({
      name,
      entry: options.entry ?? entryUrl(import.meta.url, entryName),
      heapBytesMax: Math.ceil(memoryBytesMax * 0.75), // the rest is for buffers, code and stacks
      residentBytesMax: memoryBytesMax,
      ...(options.niceness === undefined ? {} : { niceness: options.niceness }),
      memoryError: outOfMemory,
      restart: "on-demand",
    });
  }

  async function askOne<Reply>(child: ChildProcess, method: string, order: unknown, call: Call): Promise<Reply> {
    const timedOut = new LarderError("PARSER_TIMED_OUT", { details: { timeoutMs } });
    let timer: NodeJS.Timeout | undefined;
    try {
      await child.start(call);
      timer = setTimeout(() => child.kill(timedOut), timeoutMs);
      return (await child.request(method, order, call)) as Reply;
    } catch (thrown) {
      throw call.signal.aborted ? call.signal.reason : toParserError(thrown, outOfMemory);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    ask: <Reply>(method: string, order: unknown, call: Call, priority?: TaskPriority) =>
      slots.run((child) => askOne<Reply>(child, method, order, call), call, priority),
    [Symbol.asyncDispose]: () => slots.close(),
  };
}

/** V8 ends the process by itself when its heap is full; its last words are the only sign. */
function toParserError(thrown: unknown, outOfMemory: () => LarderError): unknown {
  if (!LarderError.is(thrown) || thrown.code !== "CHILD_PROCESS_ENDED") return thrown;
  const isHeapFull = /heap out of memory|allocation failed/iu.test(String(thrown.cause));
  return isHeapFull ? outOfMemory() : new LarderError("PARSER_CRASHED", { details: thrown.details, cause: thrown });
}
