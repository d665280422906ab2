import type { PromptMessage, PromptPart, ToolChoice, ToolOffer } from "@larder/contracts";
import type OpenAI from "openai";

/** Messages as the wire has them. */
export function toWireMessage(message: PromptMessage): OpenAI.ChatCompletionMessageParam {
  const { role, content, parts, toolCalls, toolCallId } = message;
  switch (role) {
    case "tool":
      return { role, content, tool_call_id: toolCallId ?? "" };
    case "assistant":
      if (toolCalls === undefined || toolCalls.length === 0) return { role, content };
      return {
        role,
        content: content === "" ? null : content,
        tool_calls: toolCalls.map(({ id, ...call }) => ({ id, type: "function", function: call })),
      };
    case "user":
      return { role, content: parts === undefined ? content : parts.map(toWirePart) };
    default:
      return { role, content };
  }
}

function toWirePart(part: PromptPart): OpenAI.ChatCompletionContentPart {
  if (part.kind === "text") return { type: "text", text: part.text };
  const { url, detail } = part;
  return { type: "image_url", image_url: { url, ...(detail && { detail }) } };
}

export function toWireTool({ isStrict, parameters, ...tool }: ToolOffer): OpenAI.ChatCompletionTool {
  return {
    type: "function",
    function: {
      ...tool,
      ...(parameters && { parameters: { ...parameters } }),
      ...(isStrict !== undefined && { strict: isStrict }),
    },
  };
}

export function toWireToolChoice(choice: ToolChoice): OpenAI.ChatCompletionToolChoiceOption {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
}
