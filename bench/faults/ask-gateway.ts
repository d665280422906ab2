import type { Gateway } from "../peers/gateway.ts";
import type { Seen } from "./verdict.ts";

/** One request through a gateway, read as a careful client would: status, error events, and how it ended. */
export async function askGateway(
  { url, headers }: Gateway,
  { content, isStream, hangMs }: { readonly content: string; readonly isStream: boolean; readonly hangMs: number },
): Promise<Seen> {
  const signal = AbortSignal.timeout(hangMs);
  let raw = "";
  try {
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "m-mini", stream: isStream, messages: [{ role: "user", content }] }),
      signal,
    });
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) raw += decoder.decode(part as Uint8Array, { stream: true });
    if (response.status >= 400) return { text: "", end: "error" };
  } catch {
    return { text: textOf(raw).text, end: signal.aborted ? "hang" : "cut off" };
  }
  const { text, hasError } = textOf(raw);
  return { text, end: hasError ? "error" : "clean" };
}

interface Body {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: { readonly content?: string | null };
    readonly message?: { readonly content?: string | null };
  }[];
}

function textOf(raw: string): { readonly text: string; readonly hasError: boolean } {
  const isStream = /^(data|event|id|retry|):/m.test(raw.slice(0, 200));
  const blocks = isStream
    ? raw.split(/\r\n\r\n|\n\n|\r\r/).map((block) =>
        block
          .split(/\r\n|\n|\r/)
          .flatMap(dataOf)
          .join("\n"),
      )
    : [raw];
  let text = "";
  let hasError = false;
  for (const body of blocks.flatMap(parsed)) {
    if (body.error !== undefined && body.error !== null) hasError = true;
    for (const { index = 0, delta, message } of body.choices ?? []) {
      if (index === 0) text += delta?.content ?? message?.content ?? "";
    }
  }
  return { text, hasError };
}

const dataOf = (line: string): readonly string[] => (line.startsWith("data:") ? [line.slice(5).trimStart()] : []);

function parsed(text: string): readonly Body[] {
  try {
    return [JSON.parse(text) as Body];
  } catch {
    return []; // `[DONE]`, and lines that are faults themselves
  }
}
