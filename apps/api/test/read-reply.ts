import { z } from "zod";

/** What the tests look at in replies of any route; each is absent where a route does not send it. */
const reply = z.looseObject({
  id: z.string().default(""),
  status: z.unknown().optional(),
  code: z.string().default(""),
  description: z.string().default(""),
  job_id: z.string().default(""),
  next_cursor: z.string().nullable().default(null),
  counts: z.unknown().optional(),
  problems: z.array(z.looseObject({ field: z.string(), reason: z.string() })).default([]),
  data: z.array(z.looseObject({ id: z.string().default("") })).default([]),
  documents: z
    .array(z.looseObject({ id: z.string(), title: z.string().default(""), status: z.string().default("") }))
    .default([]),
  evidence: z.array(z.unknown()).default([]),
});

export type Reply = z.infer<typeof reply>;

export async function readReply(response: Response | Promise<Response>): Promise<Reply> {
  return reply.parse(await (await response).json());
}
