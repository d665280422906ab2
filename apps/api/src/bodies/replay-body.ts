import { z } from "@hono/zod-openapi";
import type { Replay } from "@larder/answering";
import { jaccardMin } from "@larder/receipts";

export const replayBody = z
  .object({
    receipt_id: z.string(),
    grade: z
      .enum(["R3", "R2", "R1", "R0"])
      .nullable()
      .describe(
        "R3: identical vectors. R2: identical pieces, order and quantised scores. R1: identical passage ids and order. " +
          `R0: at least ${jaccardMin} of all passage ids of both are in both. Null: fewer.`,
      ),
    jaccard: z.number().describe("Passages in both by passages in either, 0 to 1."),
    passages: z.object({ recorded: z.int(), replayed: z.int(), common: z.int() }),
    differences: z
      .array(
        z.object({
          what: z.enum(["index_root", "embedder", "settings", "query_vector", "degraded"]),
          recorded: z.string().nullable(),
          replayed: z.string().nullable(),
        }),
      )
      .describe("What results depend on and is not as it was."),
  })
  .openapi("Replay");

export function toReplayBody({ receiptId, grade, jaccard, passages, differences }: Replay): z.infer<typeof replayBody> {
  return {
    receipt_id: receiptId,
    grade: grade ?? null,
    jaccard,
    passages,
    differences: differences.map(({ what, recorded, replayed }) => ({
      what,
      recorded: recorded ?? null,
      replayed: replayed ?? null,
    })),
  };
}
