import type { GeneratorRequest } from "@larder/contracts";
import type { WireDialect } from "./wire-dialect.ts";
import { toWireMessage, toWireTool, toWireToolChoice } from "./wire-messages.ts";
import { toWireSampling } from "./wire-sampling.ts";

/** A chat request as the wire has it, but for how its reply is sent. */
export function toChatBody(request: GeneratorRequest, wire: WireDialect) {
  const { responseFormat: format, tools, toolChoice, allowsParallelToolCalls: parallel } = request;
  return {
    model: request.model,
    messages: request.prompt.messages.map(toWireMessage),
    [wire.outputLimitField]: request.outputTokensMax,
    ...(tools && { tools: tools.map(toWireTool) }),
    ...(toolChoice && { tool_choice: toWireToolChoice(toolChoice) }),
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
    ...toWireSampling(request.sampling),
    ...(request.isJsonObject === true && { response_format: { type: "json_object" as const } }),
    ...(format && {
      response_format: {
        type: "json_schema" as const,
        json_schema: { name: format.name, schema: { ...format.schema }, strict: true },
      },
    }),
  };
}
