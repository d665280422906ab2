import { z } from "@hono/zod-openapi";

/** RFC 9457, with our code and what to do about it. Facts such as `setting` or `bytes_max` stand beside these. */
export const problemBody = z
  .looseObject({
    type: z.string().describe("Path of a page about this kind of problem."),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe("Stable; what programs look at."),
    retryable: z.boolean().describe("The same request, unchanged, may succeed later."),
    hint: z.string().describe("What to do about it."),
    request_id: z.string(),
    problems: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
  })
  .openapi("Problem");

/** An error that a document, a job or an attempt carries. Facts stand beside these, spelled as in a problem. */
export const errorBody = z
  .looseObject({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    setting: z.string().optional().describe("The limit that was passed; its value stands beside it."),
    convert_to: z.string().optional().describe("What to save a document as whose type is not read."),
    reason: z.string().optional().describe("Why an address was refused, and the like."),
  })
  .openapi("Error");

export type ErrorBody = z.infer<typeof errorBody>;
