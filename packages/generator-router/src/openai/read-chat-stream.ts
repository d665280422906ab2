import type { FinishReason, GeneratorEvent, Usage } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { z } from "zod";
import { normaliseUsage } from "../usage/chat-usage.ts";
import { fromBand } from "./classify-failure.ts";
import { readEventData } from "./server-sent-events.ts";

const part = z.object({ type: z.string(), text: z.string().optional().catch(undefined) });
const content = z
  .union([z.string(), z.array(part)])
  .nullish()
  .catch(undefined);
const choice = z.object({
  delta: z.object({ content }).optional().catch(undefined),
  message: z.object({ content }).optional().catch(undefined),
  finish_reason: z.string().nullish().catch(undefined),
});
const chunk = z.object({
  model: z.string().optional().catch(undefined),
  choices: z.array(choice).catch([]),
  usage: z.unknown().optional(),
  service_tier: z.unknown().optional(),
  timings: z.unknown().optional(),
  error: z.unknown().optional(),
});
type Chunk = z.infer<typeof chunk>;

export interface ChatStreamOptions {
  /** A stream is whole only when `[DONE]` came; a finish reason alone is not enough. */
  readonly requiresDone: boolean;
}

/**
 * Text as it comes, then `finished` with the usage of the last chunk that told one. Empty and role-only deltas give
 * nothing. A line that is not JSON is skipped: it must not end a stream that is well otherwise.
 * @throws {@link LarderError} `PROVIDER_STREAM_BROKEN` when the end is missing; the typed error of an error in band
 */
export async function* readChatStream(
  bytes: AsyncIterable<Uint8Array>,
  options: ChatStreamOptions,
): AsyncGenerator<GeneratorEvent, void, undefined> {
  let reason: FinishReason | undefined;
  let usage: Usage | undefined;
  let model: string | undefined;
  let isDone = false;
  for await (const data of readEventData(bytes)) {
    if (data.trimStart().startsWith("[DONE]")) {
      isDone = true;
      break;
    }
    const read = readChunk(data);
    if (read === undefined) continue;
    model = read.model ?? model;
    usage = usageIn(read) ?? usage;
    for (const { delta, finish_reason } of read.choices) {
      const text = textOf(delta?.content);
      if (text !== "") yield { kind: "text", text };
      if (finish_reason === undefined || finish_reason === null) continue;
      if (finish_reason === "error") throw broken("finish_reason_error");
      reason = toFinishReason(finish_reason);
    }
  }
  if (reason === undefined) throw broken("finish_reason_missing");
  if (!isDone && options.requiresDone) throw broken("terminator_missing");
  yield finished(reason, usage, model);
}

/** A whole reply where a stream was asked for: some servers ignore `stream`. */
export function* readChatReply(text: string): Generator<GeneratorEvent, void, undefined> {
  const read = readChunk(text);
  const first = read?.choices[0];
  if (read === undefined || first === undefined) {
    throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "not_a_completion" } });
  }
  const answer = textOf(first.message?.content);
  if (answer !== "") yield { kind: "text", text: answer };
  if (first.finish_reason === undefined || first.finish_reason === null) throw broken("finish_reason_missing");
  yield finished(toFinishReason(first.finish_reason), usageIn(read), read.model);
}

function readChunk(text: string): Chunk | undefined {
  const read = chunk.safeParse(parseJson(text)).data;
  if (read !== undefined && read.error !== undefined && read.error !== null) throw fromBand(read.error);
  return read;
}

function usageIn({ usage, service_tier: serviceTier, timings }: Chunk): Usage | undefined {
  return normaliseUsage(usage, { serviceTier, timings });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller decides what a text that is no JSON means
  }
}

function textOf(value: z.infer<typeof content>): string {
  if (typeof value === "string") return value;
  return (value ?? []).map(({ type, text }) => (type === "text" ? (text ?? "") : "")).join("");
}

function finished(reason: FinishReason, usage: Usage | undefined, model: string | undefined): GeneratorEvent {
  return { kind: "finished", reason, ...(usage && { usage }), ...(model !== undefined && { model }) };
}

function broken(reason: string): LarderError {
  return new LarderError("PROVIDER_STREAM_BROKEN", { details: { reason } });
}

function toFinishReason(text: string): FinishReason {
  switch (text) {
    case "stop":
    case "length":
    case "content_filter":
    case "tool_calls":
      return text;
    case "function_call":
      return "tool_calls";
    default:
      return "other";
  }
}
