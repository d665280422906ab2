import type { ServerResponse } from "node:http";
import type { AttoUsd, FakePrices } from "./fake-bill.ts";
import { billOf } from "./fake-bill.ts";
import type { FakeAnswer, FakeRequest, FakeUsage } from "./fake-wire.ts";
import { finishReasonOf, messageOf, messagesOf, wordsOf } from "./wire-steps.ts";

export interface FakeBatchOptions {
  /** What a batch charges, by model. */
  readonly prices: Readonly<Record<string, FakePrices>>;
  /** Looks at a batch before it is done. Infinity: it never is. @defaultValue 1 */
  readonly pollsUntilDone?: number;
  /** How a batch ends. @defaultValue "completed" */
  readonly ending?: "completed" | "failed" | "expired";
  /** The connection breaks after the batch was made and before the reply: this many times. @defaultValue 0 */
  readonly lostReplies?: number;
}

export interface FakeBatch {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: string;
  /** 0 until it is completed. */
  readonly bill: AttoUsd;
}

export interface FakeBatches {
  /** Every batch that was made, oldest first. */
  readonly made: readonly FakeBatch[];
}

interface Context extends FakeBatchOptions {
  answerOf(request: FakeRequest): FakeAnswer;
  countTokens(text: string): number;
}

interface Call {
  readonly method: string | undefined;
  readonly path: string;
  readonly text: string;
  readonly response: ServerResponse;
}

interface Kept extends FakeBatch {
  status: string;
  bill: AttoUsd;
  polls: number;
  readonly fileId: string;
}

/** Files and batches in OpenAI's form, for batches of one request. */
export function createFakeBatches(context: Context): FakeBatches & { serve(call: Call): boolean } {
  const files = new Map<string, string>();
  const made: Kept[] = [];
  let lost = context.lostReplies ?? 0;

  function complete(batch: Kept): void {
    batch.status = context.ending ?? "completed";
    if (batch.status !== "completed") return;
    const line = JSON.parse(files.get(batch.fileId) ?? "{}");
    const { model } = line.body;
    const request: FakeRequest = {
      index: -1,
      model,
      messages: messagesOf(line.body),
      isStreaming: false,
      wantsUsage: false,
      body: line.body,
    };
    const answer = context.answerOf(request);
    const usage: FakeUsage = {
      promptTokens: context.countTokens(request.messages.map(({ content }) => content).join("\n")),
      completionTokens: context.countTokens(wordsOf(answer)),
    };
    const prices = context.prices[model];
    batch.bill = prices === undefined ? 0n : billOf(usage, prices);
    const body = {
      object: "chat.completion",
      model,
      choices: [{ index: 0, message: messageOf(answer), finish_reason: finishReasonOf(answer) }],
      usage: { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens },
    };
    const result = { custom_id: line.custom_id, response: { status_code: 200, body }, error: null };
    files.set(`out-${batch.id}`, `${JSON.stringify(result)}\n`);
  }

  const toBody = (batch: Kept) => ({
    id: batch.id,
    object: "batch",
    status: batch.status,
    metadata: batch.metadata,
    input_file_id: batch.fileId,
    output_file_id: files.has(`out-${batch.id}`) ? `out-${batch.id}` : null,
  });

  function serve({ method, path, text, response }: Call): boolean {
    const reply = (body: unknown) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
      return true;
    };
    if (method === "POST" && path === "/v1/files") {
      const id = `file-${files.size + 1}`;
      files.set(id, text.split("\n").find((line) => line.startsWith('{"custom_id"')) ?? "");
      return reply({ id, object: "file" });
    }
    if (method === "POST" && path === "/v1/batches") {
      const { input_file_id: fileId, metadata = {} } = JSON.parse(text);
      const batch = { id: `batch_${made.length + 1}`, status: "validating", fileId, metadata, bill: 0n, polls: 0 };
      made.push(batch);
      if (lost > 0) {
        lost -= 1;
        response.socket?.resetAndDestroy();
        return true;
      }
      return reply(toBody(batch));
    }
    if (method === "GET" && path === "/v1/batches")
      return reply({ object: "list", data: made.toReversed().map(toBody) });
    const [, id, verb] = /^\/v1\/batches\/([^/]+)(\/cancel)?$/.exec(path) ?? [];
    const batch = made.find((each) => each.id === id);
    if (batch !== undefined) {
      const isRunning = batch.status === "validating" || batch.status === "in_progress";
      if (verb !== undefined && isRunning) batch.status = "cancelled";
      else if (isRunning) {
        batch.polls += 1;
        batch.status = "in_progress";
        if (batch.polls > (context.pollsUntilDone ?? 1)) complete(batch);
      }
      return reply(toBody(batch));
    }
    const content = files.get(/^\/v1\/files\/([^/]+)\/content$/.exec(path)?.[1] ?? "");
    if (content === undefined) return false;
    response.writeHead(200, { "content-type": "application/jsonl" }).end(content);
    return true;
  }
  return { made, serve };
}
