import type fc from "fast-check";
import type { Operation } from "../read-operations.ts";

/** One request with one defect for which it must be refused. */
export interface BadRequest {
  readonly defect: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type BadRequests = readonly fc.MaybeWeightedArbitrary<BadRequest>[];

/** The operations that are asked for, and ids of what is there. */
export interface Targets {
  readonly operations: readonly Operation[];
  readonly ids: Readonly<Record<string, string>>;
}

export const jsonHeaders = { "content-type": "application/json" };
export const noBody = Buffer.alloc(0);

export function pathOf({ template }: Operation, ids: Targets["ids"]): string {
  return template.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "none");
}

/** What sends a body to operations at ids that are there. */
export function createSend(ids: Targets["ids"]) {
  return (
    defect: string,
    operation: Operation,
    body: Buffer | string,
    headers: Readonly<Record<string, string>> = jsonHeaders,
  ): BadRequest => ({
    defect,
    method: operation.method,
    path: pathOf(operation, ids),
    headers,
    body: Buffer.from(body),
  });
}
