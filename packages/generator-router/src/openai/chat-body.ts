import type { GeneratorRequest } from "@larder/contracts";
import type { WireDialect } from "./wire-dialect.ts";
import { toWireSampling } from "./wire-sampling.ts";

/** A chat request as the wire has it, but for how its reply is sent. */
export function toChatBody(request: GeneratorRequest, wire: WireDialect) {
  const { responseFormat: format } = request;
  return {
    model: request.model,
    messages: request.prompt.messages.map(({ role, content }) => ({ role, content })),
    [wire.outputLimitField]: request.outputTokensMax,
    ...(request.tools && {
      tools: request.tools.map((tool) => ({
        type: "function" as const,
        function: { ...tool, parameters: { ...tool.parameters } },
      })),
    }),
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
