import { z } from "@hono/zod-openapi";
import type { PromptMessage, PromptPart, TokenCounter, ToolChoice, ToolOffer } from "@larder/contracts";
import { jsonValue } from "../request/request-schemas.ts";

/** A chat message's tokens besides its text, and the reply's opening: OpenAI's own rule, taken for all. */
const tokensPerMessage = 3;
/**
 * Taken for an image, whose tokens depend on its size and on who looks: the most at Anthropic and, but for models that
 * charge many times the usual (gpt-4o-mini), at OpenAI. `low` is what OpenAI has for it.
 */
const tokensPerImage = { auto: 1_600, high: 1_600, low: 85 } as const;
const toolName = z.string().regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -");

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({
    url: z
      .string()
      .regex(
        /^(?:https?:\/\/\S+|data:image\/[\w.+-]+;base64,[\w+/=]+)$/,
        "must be an http(s) address or data:image/…;base64,…",
      ),
    detail: z.enum(["auto", "low", "high"]).optional(),
  }),
});
const text = z.union([z.string(), z.array(textPart).min(1)], "must be text, or parts of the type text");
const name = z.string().max(64).optional();
const toolCall = z.object({
  id: z.string().min(1).max(200),
  type: z.literal("function"),
  function: z.object({ name: toolName, arguments: z.string() }),
});

export const chatMessage = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content: text, name }),
  z.object({
    role: z.literal("user"),
    content: z.union(
      [z.string(), z.array(z.discriminatedUnion("type", [textPart, imagePart])).min(1)],
      "must be text, or parts of the types text and image_url",
    ),
    name,
  }),
  z.object({
    role: z.literal("assistant"),
    content: text.nullish(),
    tool_calls: z.array(toolCall).min(1).max(128).nullish(),
    name,
  }),
  z.object({ role: z.literal("tool"), content: text, tool_call_id: z.string().min(1).max(200) }),
]);
type ChatMessage = z.output<typeof chatMessage>;

export const chatTool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: toolName,
    description: z.string().optional(),
    parameters: z.record(z.string(), jsonValue).optional(),
    strict: z.boolean().nullish(),
  }),
});

export const chatToolChoice = z.union(
  [
    z.enum(["auto", "none", "required"]),
    z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: toolName }) }),
  ],
  "must be auto, none, required, or a function by its name",
);

export function toPromptMessage(message: ChatMessage): PromptMessage {
  switch (message.role) {
    case "user":
      return toUserMessage(message.content);
    case "assistant":
      return {
        role: "assistant",
        content: toText(message.content ?? ""),
        ...(message.tool_calls && {
          toolCalls: message.tool_calls.map(({ id, function: called }) => ({ id, ...called })),
        }),
      };
    case "tool":
      return { role: "tool", content: toText(message.content), toolCallId: message.tool_call_id };
    default:
      return { role: "system", content: toText(message.content) }; // developer: the newer name, which few providers know
  }
}

export function toToolOffer({ function: sent }: z.output<typeof chatTool>): ToolOffer {
  const { name: called, description, parameters, strict } = sent;
  return {
    name: called,
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(typeof strict === "boolean" && { isStrict: strict }),
  };
}

export function toToolChoice(sent: z.output<typeof chatToolChoice>): ToolChoice {
  return typeof sent === "string" ? sent : { name: sent.function.name };
}

/** By our counter, with what stands in the prompt beside words: tools, their calls, images. */
export function inputTokensOf(
  messages: readonly PromptMessage[],
  tools: readonly ToolOffer[],
  counter: TokenCounter,
): number {
  let tokens = tokensPerMessage;
  for (const { content, parts, toolCalls } of messages) {
    tokens += tokensPerMessage + counter.count(content);
    for (const part of parts ?? []) if (part.kind === "image") tokens += tokensPerImage[part.detail ?? "auto"];
    for (const call of toolCalls ?? []) tokens += tokensPerMessage + counter.count(call.name + call.arguments);
  }
  return tools.length === 0 ? tokens : tokens + counter.count(JSON.stringify(tools));
}

function toUserMessage(content: Extract<ChatMessage, { role: "user" }>["content"]): PromptMessage {
  if (typeof content === "string") return { role: "user", content };
  const parts = content.map((part): PromptPart => {
    if (part.type === "text") return { kind: "text", text: part.text };
    const { url, detail } = part.image_url;
    return { kind: "image", url, ...(detail && { detail }) };
  });
  const words = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  // Words alone go as one text: not every local server takes parts.
  return { role: "user", content: words, ...(parts.some(({ kind }) => kind === "image") && { parts }) };
}

function toText(content: z.output<typeof text>): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("");
}
