import type { AnswerContent, FinishReason, Route, ToolCallDelta, Usage } from "@larder/contracts";
import { formatUsd, inputTokensOf, outputTokensOf } from "@larder/contracts";
import type { CompletedChat } from "./run-chat.ts";

/** Bodies in the form of OpenAI's chat completions, as JSON text. */

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  content_filter: "content_filter",
  tool_calls: "tool_calls",
  other: "stop",
};

export interface ChatEnvelope {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** As it was asked for. Who answered is told by the last chunks, for a failed candidate is followed by another. */
  readonly model: string;
}

/** The chunks of one stream. What is the same in each is written once. */
export function createChatChunks({ id, created, model }: ChatEnvelope) {
  const head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":`;
  const named = head + JSON.stringify(model);
  const choice = `${named},"choices":[{"index":0,"delta":{`;
  let isFirst = true;
  const delta = (fields: string): string => {
    const role = isFirst ? '"role":"assistant",' : "";
    isFirst = false;
    return `${choice}${role}${fields}},"logprobs":null,"finish_reason":null}]}\n\n`;
  };
  return {
    content(content: AnswerContent): string {
      if (content.kind === "text") return delta(`"content":${JSON.stringify(content.text)}`);
      const empty = isFirst ? '"content":null,' : "";
      return delta(`${empty}"tool_calls":[${JSON.stringify(toWirePiece(content.delta))}]`);
    },
    end(chat: CompletedChat, includesUsage: boolean): string {
      const answered = head + JSON.stringify(modelOf(chat.route, model));
      const reason = JSON.stringify(finishReasons[chat.finishReason]);
      const last = `${answered},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
      if (!includesUsage) return `${last}data: [DONE]\n\n`;
      const { usage, larder } = factsOf(chat);
      const told = `,"choices":[],"usage":${JSON.stringify(usage)},"larder":${JSON.stringify(larder)}}\n\n`;
      return `${last}${answered}${told}data: [DONE]\n\n`;
    },
  };
}

export function toChatCompletion({ id, created, model }: ChatEnvelope, chat: CompletedChat) {
  const { text, toolCalls } = chat;
  const message = {
    role: "assistant",
    content: text === "" && toolCalls !== undefined ? null : text,
    refusal: null,
    ...(toolCalls && {
      tool_calls: toolCalls.map(({ id: callId, ...called }) => ({ id: callId, type: "function", function: called })),
    }),
  };
  return {
    id,
    object: "chat.completion",
    created,
    model: modelOf(chat.route, model),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasons[chat.finishReason] }],
    ...factsOf(chat),
  };
}

/** What the same stream would have said in pieces, in as few as there can be. */
export function wholeContent({ text, toolCalls = [] }: CompletedChat): readonly AnswerContent[] {
  const calls = toolCalls.map((call, index): AnswerContent => ({ kind: "tool_call", delta: { index, ...call } }));
  return text === "" && calls.length > 0 ? calls : [{ kind: "text", text }, ...calls];
}

/** As OpenAI has them: the first piece of a call says what it is, the others only go on with its arguments. */
function toWirePiece({ index, id, ...called }: ToolCallDelta) {
  return { index, ...(id !== undefined && { id, type: "function" }), function: called };
}

function modelOf({ chosen }: Route, asked: string): string {
  return chosen === undefined ? asked : `${chosen.provider}/${chosen.model}`;
}

function factsOf({ usage, cost, route, receiptId }: CompletedChat) {
  return {
    usage: toUsage(usage),
    larder: {
      receipt_id: receiptId,
      cost_usd: cost === undefined ? null : formatUsd(cost),
      usage_source: usage.source,
      attempts: route.attempts.length,
      reason: route.reason,
    },
  };
}

function toUsage({ tokens }: Usage) {
  const prompt = inputTokensOf(tokens);
  const completion = outputTokensOf(tokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: tokens.inputCacheRead, audio_tokens: tokens.inputAudio },
    completion_tokens_details: { reasoning_tokens: tokens.outputReasoning, audio_tokens: tokens.outputAudio },
  };
}
