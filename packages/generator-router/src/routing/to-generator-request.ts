import type { GeneratorRequest, RoutedRequest } from "@larder/contracts";

/** What one model is asked of a routed request. Pure. */
export function toGeneratorRequest(
  model: string,
  { prompt, shape, responseFormat, isJsonObject, sampling, tools, toolChoice, allowsParallelToolCalls }: RoutedRequest,
): GeneratorRequest {
  return {
    model,
    prompt,
    outputTokensMax: shape.outputTokensMax,
    ...(responseFormat && { responseFormat }),
    ...(isJsonObject === undefined ? {} : { isJsonObject }),
    ...(sampling && { sampling }),
    ...(tools && { tools }),
    ...(toolChoice && { toolChoice }),
    ...(allowsParallelToolCalls === undefined ? {} : { allowsParallelToolCalls }),
  };
}
