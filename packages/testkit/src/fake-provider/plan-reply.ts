import type { FakeAnswer, FakeFault, FakeRequest, FakeUsage, WireStep } from "./fake-wire.ts";

const encoder = new TextEncoder();
const json = { "content-type": "application/json" };

/** The steps of one reply, faults included. Pure. */
export function planReply(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const fault = answer.fault;
  switch (fault?.kind) {
    case "status": {
      const headers = fault.retryAfter === undefined ? json : { ...json, "retry-after": fault.retryAfter };
      const body = fault.body ?? { error: { message: "scripted", type: "scripted", code: null } };
      return [{ kind: "head", status: fault.status, headers }, bytes(JSON.stringify(body)), { kind: "end" }];
    }
    case "reset_before_headers":
      return [{ kind: "reset" }];
    case "stall_before_headers":
      return [{ kind: "stall" }];
    case "html": {
      const page = "<!doctype html><title>Sign in</title><p>Welcome.";
      return [head("text/html"), bytes(page), { kind: "end" }];
    }
    default:
      return request.isStreaming ? planStream(request, answer, usage) : planJson(request, answer, usage);
  }
}

function planJson(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const text = answer.deltas.join("");
  const finish = answer.fault?.kind === "no_finish_reason" ? null : (answer.finishReason ?? "stop");
  const body = JSON.stringify({
    ...envelope(request, "chat.completion"),
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: finish }],
    ...usageField(answer, usage),
  });
  const sent = answer.fault?.kind === "truncated_json" ? body.slice(0, Math.floor(body.length / 2)) : body;
  return [head("application/json"), { ...bytes(sent), outputText: text }, { kind: "end" }];
}

function planStream(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const { fault } = answer;
  const steps: WireStep[] = [head("text/event-stream")];
  const chunk = (delta: Readonly<Record<string, unknown>>, finish: string | null = null) =>
    event({
      ...envelope(request, "chat.completion.chunk"),
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(request.wantsUsage ? { usage: null } : {}),
    });
  for (let i = 0; i < (answer.quietChunks ?? 1); i++)
    steps.push(chunk(i === 0 ? { role: "assistant" } : { content: "" }));
  for (const thought of answer.reasoning ?? []) steps.push(chunk({ reasoning_content: thought }));

  const stopsAfter = fault !== undefined && "afterDeltas" in fault ? fault.afterDeltas : undefined;
  let sentText = "";
  for (let i = 0; i <= answer.deltas.length; i++) {
    if (i === stopsAfter && fault !== undefined) {
      steps.push(...interrupt(fault));
      if (fault.kind !== "malformed_line") return splitWrites(steps, answer.bytesPerWrite);
    }
    const delta = answer.deltas[i];
    if (delta === undefined) continue;
    if (fault?.kind === "drip") steps.push({ kind: "wait", delayMs: fault.delayMs });
    sentText += delta;
    steps.push({ ...chunk({ content: delta }), outputText: sentText });
  }
  if (fault?.kind === "truncated_json") {
    steps.push(bytes('data: {"id":"fake","choices":[{"ind'), { kind: "end" });
    return splitWrites(steps, answer.bytesPerWrite);
  }
  if (fault?.kind !== "no_finish_reason") steps.push(chunk({}, answer.finishReason ?? "stop"));
  if (request.wantsUsage && fault?.kind !== "no_usage") {
    steps.push(event({ ...envelope(request, "chat.completion.chunk"), choices: [], ...usageField(answer, usage) }));
  }
  if (fault?.kind !== "no_done") steps.push(bytes("data: [DONE]\n\n"));
  steps.push({ kind: "end" });
  return splitWrites(steps, answer.bytesPerWrite);
}

function interrupt(fault: FakeFault): readonly WireStep[] {
  switch (fault.kind) {
    case "reset":
      return [{ kind: "reset" }];
    case "stall":
      return [{ kind: "stall" }];
    case "malformed_line":
      return [bytes('data: {"id": "fake", "choi\n\n')];
    case "error_in_band": {
      const error = { message: "scripted", type: "server_error", code: fault.status ?? 502 };
      return [event({ error }), { kind: "end" }];
    }
    default:
      return [{ kind: "end" }];
  }
}

function splitWrites(steps: readonly WireStep[], size: number | undefined): readonly WireStep[] {
  if (size === undefined) return steps;
  return steps.flatMap((step) => {
    if (step.kind !== "bytes") return [step];
    const parts: WireStep[] = [];
    for (let at = 0; at < step.bytes.length; at += size)
      parts.push({ ...step, bytes: step.bytes.subarray(at, at + size) });
    return parts;
  });
}

function usageField(answer: FakeAnswer, usage: FakeUsage): Readonly<Record<string, unknown>> {
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

const envelope = (request: FakeRequest, object: string) => ({
  id: `chatcmpl-fake-${request.index}`,
  object,
  created: 1_700_000_000,
  model: request.model,
});
const head = (type: string): WireStep => ({ kind: "head", status: 200, headers: { "content-type": type } });
const bytes = (text: string) => ({ kind: "bytes", bytes: encoder.encode(text) }) as const;
const event = (data: unknown) => bytes(`data: ${JSON.stringify(data)}\n\n`);
