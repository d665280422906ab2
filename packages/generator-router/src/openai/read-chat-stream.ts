import type { AnswerContent, FinishReason, GeneratorEvent, Usage } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { z } from "zod";
import { normaliseUsage } from "../usage/chat-usage.ts";
import { fromBand } from "./classify-failure.ts";
import { readEventData } from "./server-sent-events.ts";
import { ToolCallReader, wireToolCalls } from "./wire-tool-calls.ts";

const part = z.object({ type: z.string(), text: z.string().optional().catch(undefined) });
const content = z
  .union([z.string(), z.array(part)])
  .nullish()
  .catch(undefined);
const choice = z.object({
  index: z.number().optional().catch(undefined),
  delta: z.object({ content, tool_calls: wireToolCalls }).optional().catch(undefined),
  message: z.object({ content, tool_calls: wireToolCalls }).optional().catch(undefined),
  finish_reason: z.string().nullish().catch(undefined),
  error: z.unknown().optional(),
});
const chunk = z.object({
  /** Older vLLM and others tell an error beside `message` rather than in `error`. */
  object: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  choices: z.array(choice).catch([]),
  usage: z.unknown().optional(),
  service_tier: z.unknown().optional(),
  timings: z.unknown().optional(),
  error: z.unknown().optional(),
});
type Chunk = z.infer<typeof chunk>;

/** One bad line is survived. More of them are no accident, and each may have held a piece of the answer. */
const unreadableLinesMax = 3;

export interface ChatStreamOptions {
  /** A stream is whole only when `[DONE]` came; a finish reason alone is not enough. */
  readonly requiresDone: boolean;
}

/**
 * Content of the first choice as it comes, then `finished` with the usage of the last chunk that told one. Texts that came
 * in one packet, one after the other, are one text: they are there at the same moment, and each costs every layer above. Empty and role-only
 * deltas give nothing. A line that is not JSON is left out and counted: it must not end a stream that is well
 * otherwise. A stream that changes its model in the middle is two answers, and broken.
 * @throws {@link LarderError} `PROVIDER_STREAM_BROKEN` when the end is missing; the typed error of an error in band
 */
export async function* readChatStream(
  bytes: AsyncIterable<Uint8Array>,
  options: ChatStreamOptions,
): AsyncGenerator<GeneratorEvent, void, undefined> {
  const state = new ChatStreamState();
  for await (const events of readEventData(bytes)) {
    let failure: unknown;
    try {
      for (const data of events) if (!state.isDone) state.take(data);
    } catch (thrown) {
      failure = thrown;
    }
    // What came before a failure has been said, and nobody else may answer any more.
    yield* state.takeContent();
    if (failure !== undefined) throw failure;
    if (state.isDone) break;
  }
  yield state.end(options);
}

/** What is known of a stream so far. */
class ChatStreamState {
  isDone = false;
  #content: AnswerContent[] = [];
  #hasContent = false;
  readonly #toolCalls = new ToolCallReader();
  #reason: FinishReason | undefined;
  #usage: Usage | undefined;
  #model: string | undefined;
  #unreadableLines = 0;

  /** @throws {@link LarderError} what broke the stream; the text before it is kept */
  take(data: string): void {
    if (data.trimStart().startsWith("[DONE]")) {
      this.isDone = true;
      return;
    }
    const read = readChunk(data);
    if (read === undefined) {
      this.#unreadableLines += 1;
      if (this.#unreadableLines > unreadableLinesMax) throw broken("lines_unreadable");
      return;
    }
    if (read.model !== undefined && read.model !== "") {
      if (this.#hasContent && this.#model !== undefined && read.model !== this.#model) throw broken("model_changed");
      this.#model = read.model;
    }
    this.#usage = usageIn(read) ?? this.#usage;
    for (const one of read.choices) this.#takeChoice(one);
  }

  #takeChoice({ index = 0, delta, finish_reason, error }: Chunk["choices"][number]): void {
    if (index !== 0) return; // another answer, which nobody asked for
    const text = textOf(delta?.content);
    if (text !== "") this.#takeText(text);
    for (const piece of this.#toolCalls.read(delta?.tool_calls)) this.#add({ kind: "tool_call", delta: piece });
    if (error !== undefined && error !== null) throw fromBand(error);
    if (finish_reason === undefined || finish_reason === null) return;
    if (finish_reason === "error") throw broken("finish_reason_error");
    this.#reason = toFinishReason(finish_reason);
  }

  #takeText(more: string): void {
    const last = this.#content.at(-1);
    if (last?.kind === "text") this.#content[this.#content.length - 1] = { kind: "text", text: last.text + more };
    else this.#add({ kind: "text", text: more });
  }

  #add(content: AnswerContent): void {
    this.#hasContent = true;
    this.#content.push(content);
  }

  /** What was not yet given on. */
  takeContent(): readonly AnswerContent[] {
    const content = this.#content;
    this.#content = [];
    return content;
  }

  end({ requiresDone }: ChatStreamOptions): GeneratorEvent {
    if (this.#reason === undefined) throw broken("finish_reason_missing");
    if (!this.isDone && requiresDone) throw broken("terminator_missing");
    const unreadableLines = this.#unreadableLines;
    return {
      ...finished(endedBy(this.#reason, this.#toolCalls), this.#usage, this.#model),
      ...(unreadableLines > 0 && { unreadableLines }),
    };
  }
}

/** A whole reply where a stream was asked for: some servers ignore `stream`. */
export function* readChatReply(text: string): Generator<GeneratorEvent, void, undefined> {
  const read = readChunk(text);
  const first = read?.choices[0];
  if (read === undefined || first === undefined) {
    throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "not_a_completion" } });
  }
  // Nothing of it has been given yet, so a reply that is not whole can still be asked for elsewhere.
  if (first.finish_reason === undefined || first.finish_reason === null) throw broken("finish_reason_missing");
  if (first.finish_reason === "error") throw broken("finish_reason_error");
  const answer = textOf(first.message?.content);
  if (answer !== "") yield { kind: "text", text: answer };
  const toolCalls = new ToolCallReader();
  for (const delta of toolCalls.read(first.message?.tool_calls)) yield { kind: "tool_call", delta };
  yield finished(endedBy(toFinishReason(first.finish_reason), toolCalls), usageIn(read), read.model);
}

function readChunk(text: string): Chunk | undefined {
  const json = parseJson(text);
  const read = chunk.safeParse(json).data;
  if (read?.error !== undefined && read.error !== null) throw fromBand(read.error);
  if (read?.object === "error" || read?.type === "error") throw fromBand(json);
  return read;
}

function usageIn({ usage, service_tier: serviceTier, timings }: Chunk): Usage | undefined {
  if ((usage ?? timings ?? undefined) === undefined) return undefined; // all chunks but the last, as a rule
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

/** `stop` after a tool call says the same with another word: servers differ, also by how the tool was chosen. */
function endedBy(reason: FinishReason, { hasCalls }: ToolCallReader): FinishReason {
  return hasCalls && reason === "stop" ? "tool_calls" : reason;
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
