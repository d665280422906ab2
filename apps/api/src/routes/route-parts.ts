import { z } from "@hono/zod-openapi";
import { problemBody } from "../bodies/problem-body.ts";

/** Pieces of the routes' descriptions. Bodies are read by `readJsonBody`, not by the router: here they are only told. */

const problemContent = { "application/problem+json": { schema: problemBody } };

const problemTexts = {
  400: "The request does not have the expected form.",
  401: "A key is missing or wrong.",
  402: "A budget has too little left.",
  403: "This key may not do it.",
  404: "There is no such thing.",
  409: "It conflicts with what is there, or with an earlier request of the same Idempotency-Key.",
  413: "Something is larger than its limit.",
  415: "The content type is not accepted.",
  422: "It is understood and cannot be done.",
  429: "Too much is waiting; see Retry-After.",
  500: "A defect.",
  502: "A provider failed.",
  503: "A part is not available right now, or the server is stopping.",
} as const;

type ProblemStatus = keyof typeof problemTexts;

interface ProblemResponse {
  readonly description: string;
  readonly content: typeof problemContent;
}

/** Problem responses of a route: those named, and the ones that every route may give. */
export function problems(...statuses: readonly ProblemStatus[]): Record<string, ProblemResponse> {
  const all: readonly ProblemStatus[] = [400, 401, ...statuses, 500, 503];
  return Object.fromEntries(
    [...new Set(all)].map((status) => [status, { description: problemTexts[status], content: problemContent }]),
  );
}

/** One kind of reply. Typed loosely on purpose: what a handler sends is typed by the mapper that makes it. */
export function reply(description: string, schema: z.ZodType, mediaType = "application/json") {
  const content: Record<string, { schema: z.ZodType }> = { [mediaType]: { schema } };
  return { description, content };
}

/** A JSON body as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */
export function jsonBody(schema: z.ZodType) {
  return { required: true, content: { "application/json": { schema: toBodySchema(schema) } } };
}

export function toBodySchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return described;
}

/** One page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

export function toPageBody<T, Body>(
  page: { readonly data: readonly T[]; readonly nextCursor?: string },
  toBody: (item: T) => Body,
): { data: Body[]; next_cursor: string | null } {
  return { data: page.data.map(toBody), next_cursor: page.nextCursor ?? null };
}

export const idempotencyHeader = z.object({
  "idempotency-key": z
    .string()
    .optional()
    .openapi({ description: "The same key with the same request gives the first reply again, and does nothing." }),
});

export const knowledgeBasePath = z.object({ kb: z.string().openapi({ example: "kb_0123456789abcdefghij" }) });
export const documentPath = knowledgeBasePath.extend({
  doc: z.string().openapi({ example: "doc_0123456789abcdefghij" }),
});
