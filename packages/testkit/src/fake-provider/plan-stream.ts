import type { FakeAnswer, FakeEvents, FakeFault, FakeRequest, FakeUsage, WireStep } from "./fake-wire.ts";
import { bytes, envelope, finishReasonOf, head, modelOf, piecesOf, usageField } from "./wire-steps.ts";

/** Longest run of comments; whoever listens has long gone. */
const commentsMax = 10_000;

/** A reply as server-sent events, with what goes wrong in it. */
export function planStream(request: FakeRequest, answer: FakeAnswer, usage: FakeUsage): readonly WireStep[] {
  const { fault, events = "plain" } = answer;
  const steps: WireStep[] = [head("text/event-stream")];
  let model = modelOf(request, answer);
  const chunk = (delta: Readonly<Record<string, unknown>>, finish: string | null = null, index = 0) =>
    event(
      {
        ...envelope(request, "chat.completion.chunk", model),
        choices: [{ index, delta, finish_reason: finish }],
        ...(request.wantsUsage ? { usage: null } : {}),
      },
      events,
    );
  for (let i = 0; i < (answer.quietChunks ?? 1); i++)
    steps.push(chunk(i === 0 ? { role: "assistant" } : { content: "" }));
  for (const thought of answer.reasoning ?? []) steps.push(chunk({ reasoning_content: thought }));

  const stopsAfter = fault !== undefined && "afterDeltas" in fault ? fault.afterDeltas : undefined;
  const pieces = piecesOf(answer);
  let sentText = "";
  for (let i = 0; i <= pieces.length; i++) {
    if (i === stopsAfter && fault !== undefined) {
      if (fault.kind === "model_changed") model = "somebody-else";
      else if (fault.kind === "duplicate") steps.push(...steps.slice(-1));
      else {
        steps.push(...interrupt(fault));
        if (steps.at(-1)?.kind !== "bytes") return steps;
      }
    }
    const piece = pieces[i];
    if (piece === undefined) continue;
    if (fault?.kind === "drip") steps.push({ kind: "wait", delayMs: fault.delayMs });
    sentText += piece.words;
    steps.push({ ...chunk(piece.delta), outputText: sentText });
    if (fault?.kind === "second_choice") steps.push(chunk({ content: "another answer " }, null, 1));
  }
  if (fault?.kind === "truncated_json")
    return [...steps, bytes('data: {"id":"fake","choices":[{"ind'), { kind: "end" }];
  if (fault?.kind !== "no_finish_reason") steps.push({ ...chunk({}, finishReasonOf(answer)), outputText: sentText });
  if (request.wantsUsage && fault?.kind !== "no_usage") {
    const last = { ...envelope(request, "chat.completion.chunk", model), choices: [], ...usageField(answer, usage) };
    steps.push(event(last, events));
  }
  if (fault?.kind !== "no_done") steps.push(bytes(events === "crlf" ? "data: [DONE]\r\n\r\n" : "data: [DONE]\n\n"));
  return [...steps, { kind: "end" }];
}

function interrupt(fault: FakeFault): readonly WireStep[] {
  switch (fault.kind) {
    case "reset":
      return [{ kind: "reset" }];
    case "stall":
      return [{ kind: "stall" }];
    case "malformed_line":
      return Array.from({ length: fault.lines ?? 1 }, () => bytes('data: {"id": "fake", "choi\n\n'));
    case "long_line":
      return [bytes(`data: {"x":"${"x".repeat(fault.bytes)}"}\n\n`)];
    case "comments": {
      const comment: readonly WireStep[] = [{ kind: "wait", delayMs: fault.delayMs }, bytes(": still here\n\n")];
      return [...Array.from({ length: commentsMax }, () => comment).flat(), { kind: "stall" }];
    }
    case "error_in_band":
      return [
        event({ error: { message: "scripted", type: "server_error", code: fault.status ?? 502 } }, "plain"),
        { kind: "end" },
      ];
    default:
      return [{ kind: "end" }];
  }
}

function event(data: unknown, form: FakeEvents) {
  const text = JSON.stringify(data);
  switch (form) {
    case "plain":
      return bytes(`data: ${text}\n\n`);
    case "crlf":
      return bytes(`data: ${text}\r\n\r\n`);
    case "cr":
      return bytes(`data: ${text}\r\r`);
    case "comments":
      return bytes(`: PROCESSING\n\nevent: message\nid: 7\nretry: 10\ndata:${text}\n\n`);
    case "multi_data":
      // An object may be broken after any comma between its fields; the first one is such.
      return bytes(`data: ${text.replace(",", ",\ndata: ")}\n\n`);
  }
}
