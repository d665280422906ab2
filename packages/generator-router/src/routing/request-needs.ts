import type { Capability, Prompt, RequestShape, RoutedRequest } from "@larder/contracts";

/** The shape with all that the request itself asks of a model, beside what its caller named. Pure. */
export function shapeOf(request: Omit<RoutedRequest, "onAttempt" | "onSend">): RequestShape {
  const { shape, responseFormat, tools, prompt } = request;
  const own: Capability[] = [];
  if (responseFormat !== undefined) own.push("json_schema");
  if (tools !== undefined || prompt.messages.some(isOfTools)) own.push("tools");
  if (prompt.messages.some(({ parts }) => parts?.some(({ kind }) => kind === "image"))) own.push("vision");
  const missing = own.filter((need) => !shape.needs.includes(need));
  return missing.length === 0 ? shape : { ...shape, needs: [...shape.needs, ...missing] };
}

/** Whoever answers fetches an image from an address of the caller's, which is a way out of this machine. */
export function fetchesImages({ messages }: Prompt): boolean {
  return messages.some(({ parts }) => parts?.some((part) => part.kind === "image" && !part.url.startsWith("data:")));
}

function isOfTools({ role, toolCalls }: Prompt["messages"][number]): boolean {
  return role === "tool" || (toolCalls !== undefined && toolCalls.length > 0);
}
