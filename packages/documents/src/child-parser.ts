import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Call, DocumentParser, ParsedDocument, ParseRequest } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { ChildSlots } from "./child-slots.ts";
import type { ParseLimits } from "./parse-limits.ts";
import { defaultParseLimits } from "./parse-limits.ts";
import type { ParseOrder } from "./parse-order.ts";

/** Another id may give another text for the same bytes: raise it with every change that tests of extraction notice. */
/** Of the parser that {@link createChildProcessParser} makes, whatever its limits. */
export const parserId = "larder-parser@1";

export interface ChildParserOptions extends Partial<ParseLimits> {
  /** Documents read at the same time, each in a process of its own. @defaultValue 1 */
  readonly children?: number;
  /** A child is replaced after this many documents, so that what leaks does not grow. @defaultValue 50 */
  readonly documentsPerChildMax?: number;
  /** Wall clock for one document; the start of a child is not counted. @defaultValue 30000 */
  readonly timeoutMs?: number;
  /** Resident memory of a child, buffers outside the heap included. @defaultValue 512 MiB */
  readonly memoryBytesMax?: number;
  /** For fault tests: another entry than the parser's own. */
  readonly entry?: URL;
}

/**
 * Parses documents in child processes without any environment variable. A document that takes too long, too much memory
 * or the process with it costs that child only: the next document gets a fresh one. Starts no process before the first
 * document. Waiting documents are taken in order.
 */
export function createChildProcessParser(options: ChildParserOptions = {}): DocumentParser {
  const { children = 1, documentsPerChildMax = 50, timeoutMs = 30_000, memoryBytesMax = 512 * 2 ** 20 } = options;
  const { textCharactersMax, pagesMax, htmlNodesMax } = { ...defaultParseLimits, ...options };
  const limits: ParseLimits = { textCharactersMax, pagesMax, htmlNodesMax };
  const outOfMemory = (): LarderError => new LarderError("PARSER_OUT_OF_MEMORY", { details: { memoryBytesMax } });
  const slots = new ChildSlots({ children, documentsPerChildMax, open });

  function open(): ChildProcess {
    return openChildProcess({
      name: "parser",
      entry: options.entry ?? entryUrl(import.meta.url, "./parser-process"),
      heapBytesMax: Math.ceil(memoryBytesMax * 0.75), // the rest is for buffers, code and stacks
      residentBytesMax: memoryBytesMax,
      memoryError: outOfMemory,
      restart: "on-demand",
    });
  }

  async function parseIn(child: ChildProcess, order: ParseOrder, call: Call): Promise<ParsedDocument> {
    const timedOut = new LarderError("PARSER_TIMED_OUT", { details: { timeoutMs } });
    let timer: NodeJS.Timeout | undefined;
    try {
      await child.start(call);
      timer = setTimeout(() => child.kill(timedOut), timeoutMs);
      return (await child.request("parse", order, call)) as ParsedDocument;
    } catch (thrown) {
      throw call.signal.aborted ? call.signal.reason : toParserError(thrown, outOfMemory);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    id: parserId,
    parse: ({ file, fileName }: ParseRequest, call) =>
      slots.run((child) => parseIn(child, { file, fileName, limits }, call), call),
    [Symbol.asyncDispose]: () => slots.close(),
  };
}

/** V8 ends the process by itself when its heap is full; its last words are the only sign. */
function toParserError(thrown: unknown, outOfMemory: () => LarderError): unknown {
  if (!LarderError.is(thrown) || thrown.code !== "CHILD_PROCESS_ENDED") return thrown;
  const isHeapFull = /heap out of memory|allocation failed/iu.test(String(thrown.cause));
  return isHeapFull ? outOfMemory() : new LarderError("PARSER_CRASHED", { details: thrown.details, cause: thrown });
}
