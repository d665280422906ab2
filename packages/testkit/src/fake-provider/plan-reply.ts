import type { FakeAnswer, FakeRequest, FakeUsage, WireStep } from "./fake-wire.ts";
import { planStream } from "./plan-stream.ts";
import {
  bytes,
  envelope,
  finishReasonOf,
  head,
  messageOf,
  modelOf,
  pauseWrites,
  splitWrites,
  usageField,
  wordsOf,
} from "./wire-steps.ts";

const json = { "content-type": "application/json" };

/** The steps of one reply, faults included. Pure. */
export function planReply(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const steps = planOf(request, answer, usage);
  return answer.delayMs === undefined ? steps : [{ kind: "wait", delayMs: answer.delayMs }, ...steps];
}

function planOf(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const fault = answer.fault;
  const scripted = { error: { message: "scripted", type: "scripted", code: null } };
  switch (fault?.kind) {
    case "status": {
      const headers = { ...json, ...fault.headers, ...(fault.retryAfter && { "retry-after": fault.retryAfter }) };
      return [{ kind: "head", status: fault.status, headers }, bytes(JSON.stringify(fault.body ?? scripted)), end];
    }
    case "endless_refusal":
      return [{ kind: "head", status: fault.status, headers: json }, bytes('{"error":{'), { kind: "stall" }];
    case "reset_before_headers":
      return [{ kind: "reset" }];
    case "stall_before_headers":
      return [{ kind: "stall" }];
    case "html":
      return [head("text/html"), bytes("<!doctype html><title>Sign in</title><p>Welcome."), end];
    case "empty":
      return [head(request.isStreaming && answer.form !== "json" ? "text/event-stream" : "application/json"), end];
    default: {
      const isStream = request.isStreaming && answer.form !== "json";
      const steps = isStream ? planStream(request, answer, usage) : planJson(request, answer, usage);
      const split = splitWrites(steps, answer.bytesPerWrite);
      return fault?.kind === "trickle" ? pauseWrites(split, fault.delayMs) : split;
    }
  }
}

const end: WireStep = { kind: "end" };

function planJson(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const { fault } = answer;
  if (fault?.kind === "error_in_band") {
    const error = { message: "scripted", type: "server_error", code: fault.status ?? 502 };
    return [head("application/json"), bytes(JSON.stringify({ error })), end];
  }
  const text = wordsOf(answer);
  const finish = fault?.kind === "no_finish_reason" ? null : finishReasonOf(answer);
  const whole = JSON.stringify({
    ...envelope(request, "chat.completion", modelOf(request, answer)),
    choices: [{ index: 0, message: messageOf(answer), finish_reason: finish }],
    ...usageField(answer, usage),
  });
  const half = whole.slice(0, Math.floor(whole.length / 2));
  const [opening, body] = [head("application/json"), { ...bytes(whole), outputText: text }];
  const cut = { ...bytes(half), outputText: text };
  switch (fault?.kind) {
    case "truncated_json":
    case "cut":
      return [opening, cut, end];
    case "reset":
      return [opening, cut, { kind: "reset" }];
    case "stall":
      return [opening, cut, { kind: "stall" }];
    default:
      return [opening, body, end];
  }
}
