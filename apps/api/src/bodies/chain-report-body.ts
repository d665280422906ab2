import { z } from "@hono/zod-openapi";
import type { ChainFinding, ChainReport } from "@larder/receipts";

/** Findings that are listed; a chain hashed anew from its beginning has as many as receipts. */
const findingsMax = 1_000;

const findingBody = z.object({
  kind: z.enum(["altered", "missing", "inserted", "reordered", "unconfirmed", "truncated", "unreadable"]),
  number: z.int().describe("Of the receipt; of the line, for one that cannot be read."),
  to_number: z.int().nullable().describe("Last of several that are missing."),
  receipt_id: z.string().nullable(),
});

export const chainReportBody = z
  .object({
    sound: z.boolean(),
    receipts: z.int().describe("That were read."),
    head: z
      .object({ number: z.int(), hash: z.string() })
      .nullable()
      .describe(
        "The last receipt. Keep its hash elsewhere: with it a later check finds what was cut off or rewritten.",
      ),
    findings: z.array(findingBody).describe("By number: the first is the first bad receipt."),
    findings_count: z.int().describe(`Of all; at most ${findingsMax} are listed.`),
  })
  .openapi("ChainReport");

export function toChainReportBody({ isSound, count, head, findings }: ChainReport): z.infer<typeof chainReportBody> {
  return {
    sound: isSound,
    receipts: count,
    head: head ?? null,
    findings: findings.slice(0, findingsMax).map(toFindingBody),
    findings_count: findings.length,
  };
}

function toFindingBody({ kind, number, toNumber, receiptId }: ChainFinding): z.infer<typeof findingBody> {
  return { kind, number, to_number: toNumber ?? null, receipt_id: receiptId ?? null };
}
