import type { FakeAnswer, FakeRequest, FakeUsage, WireStep } from "./fake-wire.ts";

const encoder = new TextEncoder();

export const head = (type: string): WireStep => ({ kind: "head", status: 200, headers: { "content-type": type } });
export const bytes = (text: string) => ({ kind: "bytes", bytes: encoder.encode(text) }) as const;

export const envelope = (request: FakeRequest, object: string, model: string) => ({
  id: `chatcmpl-fake-${request.index}`,
  object,
  created: 1_700_000_000,
  model,
});

export function modelOf(request: FakeRequest, { fault }: FakeAnswer): string {
  return fault?.kind === "wrong_model" ? fault.model : request.model;
}

export function usageField(answer: FakeAnswer, usage: FakeUsage): Readonly<Record<string, unknown>> {
  if (answer.fault?.kind === "no_usage") return {};
  if (answer.fault?.kind === "usage") return { usage: answer.fault.usage };
  const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: cachedTokens ?? 0, cache_write_tokens: cacheWriteTokens ?? 0 },
      completion_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    },
  };
}

/** A delta of the wire and the words in it. */
export interface WirePiece {
  readonly delta: Readonly<Record<string, unknown>>;
  readonly words: string;
}

/** Content and then tool calls, in the pieces in which a stream sends them. */
export function piecesOf({ deltas, toolCalls = [] }: FakeAnswer): readonly WirePiece[] {
  const calls = toolCalls.flatMap(({ id, name, pieces }, index) => [
    piece({ index, id, type: "function", function: { name, arguments: "" } }, name),
    ...pieces.map((text) => piece({ index, function: { arguments: text } }, text)),
  ]);
  return [...deltas.map((text) => ({ delta: { content: text }, words: text })), ...calls];
}

const piece = (call: object, words: string): WirePiece => ({ delta: { tool_calls: [call] }, words });

/** The message of a plain reply. */
export function messageOf({ deltas, toolCalls }: FakeAnswer) {
  const content = deltas.join("");
  if (toolCalls === undefined) return { role: "assistant", content };
  const calls = toolCalls.map(({ id, name, pieces }) => ({
    id,
    type: "function",
    function: { name, arguments: pieces.join("") },
  }));
  return { role: "assistant", content: content === "" ? null : content, tool_calls: calls };
}

export const wordsOf = (answer: FakeAnswer): string =>
  piecesOf(answer)
    .map(({ words }) => words)
    .join("");

export function messagesOf({ messages }: Readonly<Record<string, unknown>>): FakeRequest["messages"] {
  return (messages as { readonly role: string; readonly content?: unknown }[]).map(({ role, content = null }) => ({
    role,
    content: typeof content === "string" ? content : JSON.stringify(content),
  }));
}

export function finishReasonOf({ finishReason, toolCalls }: FakeAnswer): string {
  return finishReason ?? (toolCalls === undefined ? "stop" : "tool_calls");
}

export function splitWrites(steps: readonly WireStep[], size: number | undefined): readonly WireStep[] {
  if (size === undefined) return steps;
  return steps.flatMap((step) => {
    if (step.kind !== "bytes") return [step];
    const parts: WireStep[] = [];
    for (let at = 0; at < step.bytes.length; at += size)
      parts.push({ ...step, bytes: step.bytes.subarray(at, at + size) });
    return parts;
  });
}

export function pauseWrites(steps: readonly WireStep[], delayMs: number): readonly WireStep[] {
  return steps.flatMap((step): readonly WireStep[] =>
    step.kind === "bytes" ? [{ kind: "wait", delayMs }, step] : [step],
  );
}
