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
