import { z } from "zod";

const schemaPart = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
});
const bodySchema = schemaPart.extend({
  properties: z.record(z.string(), schemaPart).default({}),
  required: z.array(z.string()).default([]),
});
const operationPart = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: bodySchema })) }).optional(),
});
const documentPart = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operationPart)) });

export type PropertySchema = z.infer<typeof schemaPart>;

export interface Operation {
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly template: string;
  readonly queryNames: readonly string[];
  readonly methodsOfPath: readonly string[];
  readonly json?: z.infer<typeof bodySchema>;
  readonly takesForms: boolean;
}

/** The routes as the server itself describes them: a new route is tried without anyone thinking of it. */
export function readOperations(document: unknown): readonly Operation[] {
  return Object.entries(documentPart.parse(document).paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => {
      const json = requestBody?.content["application/json"]?.schema;
      return {
        method: method.toUpperCase(),
        template,
        queryNames: parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name),
        methodsOfPath: Object.keys(methods).map((name) => name.toUpperCase()),
        takesForms: requestBody?.content["multipart/form-data"] !== undefined,
        ...(json === undefined ? {} : { json }),
      };
    }),
  );
}
