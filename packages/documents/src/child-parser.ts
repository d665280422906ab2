import type { DocumentParser, ParseRequest } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { defaultParseLimits } from "@larder/text-blocks";
import type { BoundedChildrenOptions } from "./bounded-children.ts";
import { openBoundedChildren } from "./bounded-children.ts";
import type { ParseOrder } from "./parse-order.ts";

/** Another id may give another text for the same bytes: raise it with every change that tests of extraction notice. */
export const parserId = "larder-parser@3";

export interface ChildParserOptions extends Partial<ParseLimits>, BoundedChildrenOptions {}

/**
 * Parses documents in child processes without any environment variable. A document that takes too long, too much memory
 * or the process with it costs that child only: the next document gets a fresh one. Starts no process before the first
 * document. Waiting documents are taken in order of priority, then as they came; one that is more urgent than all in work
 * has a child of its own.
 */
export function createChildProcessParser(options: ChildParserOptions = {}): DocumentParser {
  const limits = limitsOf(options);
  const children = openBoundedChildren("parser", "./parser-process", options);
  return {
    id: parserId,
    parse: ({ file, fileName, priority }: ParseRequest, call) =>
      children.ask("parse", { file, fileName, limits } satisfies ParseOrder, call, priority),
    [Symbol.asyncDispose]: () => children[Symbol.asyncDispose](),
  };
}

/** Only what limits are: the rest of the options is none of the child's. */
export function limitsOf(options: Partial<ParseLimits>): ParseLimits {
  const names = Object.keys(defaultParseLimits) as (keyof ParseLimits)[];
  return Object.fromEntries(names.map((name) => [name, options[name] ?? defaultParseLimits[name]])) as {
    [name in keyof ParseLimits]: number;
  };
}
