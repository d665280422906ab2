import { z } from "@hono/zod-openapi";
import type { ProvedPassage } from "@larder/answering";

export const passageProofBody = z
  .object({
    receipt_id: z.string(),
    passage_id: z.string(),
    text_sha256: z.string().describe("Of the passage's text as UTF-8."),
    vector_sha256: z.string().describe("Of the vector's 32-bit floats in little-endian order."),
    index_root: z.string().describe("Of the knowledge base now: what `path` leads to."),
    receipt_index_root: z.string().nullable().describe("When the receipt's search began."),
    of_receipt: z.boolean().describe("`index_root` is one that the receipt names."),
    path: z
      .array(z.object({ side: z.enum(["left", "right"]), hash: z.string() }))
      .describe("The neighbours from the leaf to the root, RFC 6962; `larder receipts verify-proof` climbs it."),
  })
  .openapi("PassageProof");

export function toPassageProofBody(proved: ProvedPassage): z.infer<typeof passageProofBody> {
  return {
    receipt_id: proved.receiptId,
    passage_id: proved.passageId,
    text_sha256: proved.textSha256,
    vector_sha256: proved.vectorSha256,
    index_root: proved.root,
    receipt_index_root: proved.receiptRoot ?? null,
    of_receipt: proved.isOfReceipt,
    path: proved.path.map(({ side, hash }) => ({ side, hash })),
  };
}
