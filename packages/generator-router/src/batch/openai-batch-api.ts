import type { BatchApi, Clock, Secret, ToolCallDelta } from "@larder/contracts";
import { LarderError, toErrorRecord, toolCallsOf } from "@larder/contracts";
import OpenAI, { APIError, toFile } from "openai";
import { z } from "zod";
import { toChatBody } from "../openai/chat-body.ts";
import { fromConnection, fromStatus } from "../openai/classify-failure.ts";
import { clientOptions } from "../openai/client-options.ts";
import { readChatReply } from "../openai/read-chat-stream.ts";
import { readRetryAfter } from "../openai/retry-after.ts";
import type { WireDialect } from "../openai/wire-dialect.ts";
import { toGeneratorRequest } from "../routing/to-generator-request.ts";

export interface BatchApiOptions {
  readonly baseUrl: string;
  readonly key?: Secret;
  readonly wire: WireDialect;
  readonly clock: Pick<Clock, "nowMs">;
}

const callTimeoutMs = 60_000;
/** Batches that are looked through for a name: those of the moments around a crash are the newest. */
const listedMax = 100;

const resultLine = z.object({
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
  error: z.unknown().optional(),
});

/** Batches of one request, as OpenAI has them: a JSONL file is uploaded, a batch made of it, its output fetched. */
export function createOpenAiBatchApi({ baseUrl, key, wire, clock }: BatchApiOptions): BatchApi {
  let client: OpenAI | undefined;
  const open = () => {
    client ??= new OpenAI({
      ...clientOptions({ baseUrl, ...(key && { key }) }),
      timeout: callTimeoutMs,
      fetch: (url, init) => fetch(url, { ...init, redirect: "error" }), // a redirect would carry the prompt elsewhere
    });
    return client;
  };
  const typed = async <T>(signal: AbortSignal, act: (client: OpenAI) => Promise<T>): Promise<T> => {
    try {
      return await act(open());
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      throw asLarderError(thrown, clock.nowMs());
    }
  };
  return {
    submit: (name, { model, routed }, { signal }) =>
      typed(signal, async ({ files, batches }) => {
        const body = toChatBody(toGeneratorRequest(model, routed), wire);
        const line = JSON.stringify({ custom_id: name, method: "POST", url: "/v1/chat/completions", body });
        const file = await toFile(Buffer.from(`${line}\n`), `${name}.jsonl`, { type: "application/jsonl" });
        const { id: fileId } = await files.create({ file, purpose: "batch" }, { signal });
        const batch = await batches.create(
          {
            input_file_id: fileId,
            endpoint: "/v1/chat/completions",
            completion_window: "24h",
            metadata: { larder_request: name },
          },
          { signal },
        );
        return batch.id;
      }),
    named: (name, { signal }) =>
      typed(signal, async ({ batches }) => {
        const page = await batches.list({ limit: listedMax }, { signal });
        return page.data.find(({ metadata }) => metadata?.larder_request === name)?.id;
      }),
    poll: (batchId, { signal }) =>
      typed(signal, async ({ batches, files }) => {
        const { status, output_file_id: outputId } = await batches.retrieve(batchId, { signal });
        if (outputId !== null && outputId !== undefined && status !== "cancelling") {
          const content = await files.content(outputId, { signal });
          return readResult(await content.text());
        }
        if (status === "failed" || status === "expired" || status === "cancelled" || status === "completed") {
          // Without an output nothing was generated, so nothing is billed.
          const error = new LarderError("PROVIDER_FAILED", { details: { reason: `batch_${status}` } });
          return { kind: "failed", billed: "no", error: toErrorRecord(error) };
        }
        return { kind: "running" };
      }),
    cancel: (batchId, { signal }) =>
      typed(signal, async ({ batches }) => {
        await batches.cancel(batchId, { signal });
      }),
  };
}

/** One line of a batch's output. Generated and refused lines stand in the same form. */
function readResult(text: string): Awaited<ReturnType<BatchApi["poll"]>> {
  try {
    const line = resultLine.parse(JSON.parse(text.trim().split("\n")[0] ?? ""));
    if (line.response?.status_code !== 200) {
      const failure = fromStatus(line.response?.status_code ?? 500, line.response?.body ?? { error: line.error });
      return { kind: "failed", billed: "no", error: toErrorRecord(failure) };
    }
    let answer = "";
    const pieces: ToolCallDelta[] = [];
    for (const event of readChatReply(JSON.stringify(line.response.body))) {
      if (event.kind === "text") answer += event.text;
      else if (event.kind === "tool_call") pieces.push(event.delta);
      else {
        const { reason: finishReason, usage } = event;
        return { kind: "completed", text: answer, finishReason, ...toolCallsOf(pieces), ...(usage && { usage }) };
      }
    }
    throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "finish_missing" } });
  } catch (cause) {
    // It was generated, and what of it is billed nobody can read.
    const error = LarderError.is(cause) ? cause : new LarderError("PROVIDER_REPLY_MALFORMED", { cause });
    return { kind: "failed", billed: "unknown", error: toErrorRecord(error) };
  }
}

function asLarderError(thrown: unknown, nowMs: number): LarderError {
  if (LarderError.is(thrown)) return thrown;
  if (thrown instanceof APIError && typeof thrown.status === "number") {
    const headers = thrown.headers instanceof Headers ? thrown.headers : new Headers();
    const body = thrown.error === undefined ? undefined : { error: thrown.error };
    return fromStatus(thrown.status, body, readRetryAfter(headers, nowMs));
  }
  return fromConnection(thrown);
}
