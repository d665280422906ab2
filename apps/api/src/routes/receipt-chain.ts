import { createRoute, z } from "@hono/zod-openapi";
import type { ChainedReceipt } from "@larder/contracts";
import { printChainLine, verifyChain } from "@larder/receipts";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { chainReportBody, toChainReportBody } from "../bodies/chain-report-body.ts";
import { passageProofBody, toPassageProofBody } from "../bodies/passage-proof-body.ts";
import { replayBody, toReplayBody } from "../bodies/replay-body.ts";
import type { Larder } from "../larder.ts";
import { readJsonBody } from "../request/json-body.ts";
import { passageIdOf, receiptIdOf } from "../request/path-ids.ts";
import { historySchema, toHistory } from "../request/request-schemas.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const tags = ["Money"];
const ndjson = "application/x-ndjson";

/** What makes receipts checkable: the chain as it is stored, its check, and a retrieval made again. */
export function receiptChainRoutes({ ledger, replayReceipt, provePassage }: Larder, limits: ApiLimits) {
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const words = z.strictObject({
    question: z.string().max(limits.questionCharactersMax).optional().describe("Letter by letter as it was asked."),
    history: historySchema(limits),
  });
  const verify = createRoute({
    method: "get",
    path: "/v1/receipts/verify",
    tags,
    summary: "Check that no receipt was altered, removed, inserted or moved",
    description: "Reads every receipt. `larder receipts verify` does the same with an exported file, without a server.",
    request: {
      query: z.strictObject({
        head: z
          .string()
          .regex(/^[0-9a-f]{64}$/, "must be a hash of 64 hexadecimal digits")
          .optional()
          .describe("Hash of a receipt that was the last one earlier: finds what was cut off or rewritten since."),
      }),
    },
    responses: { 200: reply("What was found.", chainReportBody), ...problems() },
  });
  const exported = createRoute({
    method: "get",
    path: "/v1/receipts/export",
    tags,
    summary: "Every receipt as it is stored, one JSON object a line, in the order of the chain",
    request: { query: z.strictObject({}) },
    responses: { 200: reply("The chain.", z.string(), ndjson), ...problems() },
  });
  const replay = createRoute({
    method: "post",
    path: "/v1/receipts/{receipt}/replay",
    tags,
    summary: "Make a receipt's retrieval again, and say how well it is repeated",
    description: "Nothing is generated, sent or written. A question that the receipt did not keep must be given.",
    request: {
      params: z.object({ receipt: z.string().openapi({ example: "rcp_0123456789abcdefghij" }) }),
      body: jsonBody(words),
    },
    responses: { 200: reply("The grade, and what differs.", replayBody), ...problems(404, 413, 415, 422) },
  });
  const proof = createRoute({
    method: "get",
    path: "/v1/receipts/{receipt}/passages/{passage}/proof",
    tags,
    summary: "Prove that a passage of a receipt's evidence belongs to the knowledge base's root",
    description:
      "A Merkle path of some 17 hashes, no text. A proof is of the root of now, which is the receipt's as long as no " +
      "document came or went since; `of_receipt` says whether it is.",
    request: {
      params: z.object({
        receipt: z.string().openapi({ example: "rcp_0123456789abcdefghij" }),
        passage: z.string().openapi({ example: "psg_0123456789abcdefghij" }),
      }),
    },
    responses: { 200: reply("The proof.", passageProofBody), ...problems(404, 422) },
  });

  return createRouter()
    .openapi(verify, async (c) => {
      const { head } = c.req.valid("query");
      const report = await verifyChain(ledger.chain(c.get("call")), head === undefined ? {} : { head });
      return c.json(toChainReportBody(report), 200);
    })
    .openapi(exported, (c) => {
      const stream = toLines(ledger.chain(c.get("call")), () => c.get("leave")());
      return new Response(stream, { headers: { "content-type": ndjson, "cache-control": "no-store" } });
    })
    .openapi(proof, async (c) => {
      const { receipt, passage } = c.req.valid("param");
      const proved = await provePassage(receiptIdOf(receipt), passageIdOf(passage), c.get("call"));
      return c.json(toPassageProofBody(proved), 200);
    })
    .openapi(replay, async (c) => {
      const { value } = await readJsonBody(c, words, bodyLimits);
      const given = { ...toHistory(value.history), ...(value.question !== undefined && { question: value.question }) };
      const replayed = await replayReceipt(receiptIdOf(c.req.valid("param").receipt), given, c.get("call"));
      return c.json(toReplayBody(replayed), 200);
    });
}

/** Receipts are read as fast as they are taken. A failure breaks the stream off, which is no valid end of the response. */
function toLines(entries: AsyncIterable<ChainedReceipt>, leave: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = entries[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(`${printChainLine(value)}\n`));
    },
    async cancel() {
      leave();
      await iterator.return?.();
    },
  });
}
