import { z } from "@hono/zod-openapi";
import type { Policy, RoutedRequest, Sampling, TokenCounter, ToolChoice } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { invalidFields, invalidRequest } from "../request/field-problems.ts";
import { jsonValue, policySchema, toPolicy, withoutUndefined } from "../request/request-schemas.ts";
import { parseStrictJson } from "../request/strict-json.ts";

import {
  chatMessage,
  chatTool,
  chatToolChoice,
  inputTokensOf,
  toPromptMessage,
  toToolChoice,
  toToolOffer,
} from "./chat-messages.ts";

/** Header that carries a policy as JSON, for clients that cannot add a field to the body. */
const policyHeader = "x-larder-policy";
/** The model's name that leaves the choice to the policy. */
const auto = "auto";
/** Most functions that one request may offer: OpenAI's own limit. */
const toolsMax = 128;
/** Taken where the request names no limit; the same as for answers. */
const outputTokensExpected = 300;

const responseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string().regex(/^[\w-]{1,64}$/),
      schema: z.record(z.string(), jsonValue),
      strict: z.boolean().nullish(),
      description: z.string().optional(),
    }),
  }),
]);
const only = <T extends string | number | boolean>(value: T) => z.literal(value).nullish();

/**
 * A chat completions request as OpenAI has it, as far as it can be kept for every provider. Strict: a field that would
 * change the answer and is not passed on is refused, not ignored. Fields that only label a request are taken and dropped.
 */
export function chatRequestSchema({ outputTokensMax }: ApiLimits) {
  const tokens = z.int().min(1).max(outputTokensMax).nullish();
  return z.strictObject({
    model: z.string().min(1).max(200).describe("`auto` for the policy's choice, or `model` or `provider/model`."),
    messages: z.array(chatMessage).min(1).max(2_000),
    max_completion_tokens: tokens,
    max_tokens: tokens.describe("The older name of `max_completion_tokens`."),
    stream: z.boolean().nullish(),
    stream_options: z
      .object({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
      .nullish(),
    response_format: responseFormat.nullish(),
    tools: z.array(chatTool).min(1).max(toolsMax).nullish(),
    tool_choice: chatToolChoice.nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    seed: z.int().nullish(),
    stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    n: only(1),
    logprobs: only(false),
    store: only(false),
    user: z.string().max(512).nullish(),
    metadata: z.record(z.string(), jsonValue).nullish(),
    larder: z.strictObject({ policy: policySchema }).optional().describe("Extension: what the choice must respect."),
  });
}
type Sent = z.output<ReturnType<typeof chatRequestSchema>>;

export interface ChatRequest {
  readonly routed: RoutedRequest;
  /** As it was sent. */
  readonly model: string;
  readonly isStreaming: boolean;
  /** The stream ends with a chunk that holds the usage. */
  readonly includesUsage: boolean;
}

/**
 * What the router is to do. A named model narrows the policy to it. The body's policy stands before the header's.
 * @throws {@link LarderError} `REQUEST_INVALID` for a policy header that is none, and for models named twice
 */
export function readChatRequest(c: ApiContext, sent: Sent, counter: TokenCounter, limits: ApiLimits): ChatRequest {
  const policy = policyOf(
    sent.larder?.policy === undefined ? policyOfHeader(c, limits) : toPolicy(sent.larder.policy),
    sent.model,
  );
  const messages = sent.messages.map(toPromptMessage);
  const outputTokensMax = sent.max_completion_tokens ?? sent.max_tokens ?? limits.chatOutputTokensDefault;
  const format = sent.response_format;
  const tools = sent.tools?.map(toToolOffer);
  const toolChoice = toolChoiceOf(sent);
  const isJsonObject = format?.type === "json_object";
  return {
    model: sent.model,
    isStreaming: sent.stream === true,
    includesUsage: sent.stream_options?.include_usage === true,
    routed: {
      prompt: { messages },
      shape: {
        inputTokens: inputTokensOf(messages, tools ?? [], counter),
        stablePrefixTokens: 0,
        outputTokensMax,
        outputTokensExpected: Math.min(outputTokensMax, outputTokensExpected),
        needs: isJsonObject ? ["json_object"] : [],
      },
      policy,
      ...(format?.type === "json_schema" && {
        responseFormat: { name: format.json_schema.name, schema: format.json_schema.schema },
      }),
      ...(isJsonObject && { isJsonObject }),
      ...(tools && { tools }),
      ...(toolChoice && { toolChoice }),
      ...(typeof sent.parallel_tool_calls === "boolean" && { allowsParallelToolCalls: sent.parallel_tool_calls }),
      sampling: samplingOf(sent),
    },
  };
}

function policyOfHeader(c: ApiContext, { jsonDepthMax }: ApiLimits): Policy {
  const text = c.req.header(policyHeader);
  if (text === undefined) return {};
  const place = `header.${policyHeader}`;
  const parsed = policySchema.safeParse(parseStrictJson(text, jsonDepthMax, place));
  if (!parsed.success) throw invalidFields(parsed.error, place);
  return toPolicy(parsed.data);
}

function policyOf(policy: Policy, model: string): Policy {
  if (model === auto) return policy;
  if (policy.models !== undefined) {
    throw invalidRequest({ field: "larder.policy.models", reason: `goes with the model ${auto} only` });
  }
  return { ...policy, models: [model] };
}

/** @throws {@link LarderError} `REQUEST_INVALID` for a choice among tools that are not there */
function toolChoiceOf({ tools, tool_choice: sent, parallel_tool_calls: parallel }: Sent): ToolChoice | undefined {
  const choice = sent === null || sent === undefined ? undefined : toToolChoice(sent);
  if (tools === null || tools === undefined) {
    if (typeof parallel === "boolean")
      throw invalidRequest({ field: "parallel_tool_calls", reason: "goes with tools" });
    if (choice !== undefined && choice !== "none") {
      throw invalidRequest({ field: "tool_choice", reason: "goes with tools" });
    }
    return undefined;
  }
  if (typeof choice === "object" && !tools.some(({ function: { name } }) => name === choice.name)) {
    throw invalidRequest({ field: "tool_choice.function.name", reason: "is none of the tools" });
  }
  return choice;
}

function samplingOf(sent: Sent): Sampling {
  const { stop } = sent;
  return withoutUndefined<Sampling>({
    temperature: sent.temperature ?? undefined,
    topP: sent.top_p ?? undefined,
    seed: sent.seed ?? undefined,
    stop: typeof stop === "string" ? [stop] : (stop ?? undefined),
    presencePenalty: sent.presence_penalty ?? undefined,
    frequencyPenalty: sent.frequency_penalty ?? undefined,
  });
}
