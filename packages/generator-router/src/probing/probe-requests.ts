import type { FinishReason, GeneratorRequest, ModelEntry, ModelFlag } from "@larder/contracts";

/** What came back of one request. */
export interface ProbeReply {
  readonly text: string;
  readonly reason: FinishReason;
}

export interface FlagProbe {
  readonly flag: ModelFlag;
  readonly requests: readonly Omit<GeneratorRequest, "model">[];
  holds(replies: readonly ProbeReply[]): boolean;
}

/** Room for a model that thinks before it speaks; a plain one takes a tenth. */
const reasoningTokens = 512;

/** The requests that settle each flag: a few dozen tokens in, and a limit on what comes out. */
export function probesOf(entry: ModelEntry): readonly FlagProbe[] {
  const outputTokensMax = entry.capabilities.includes("reasoning") ? reasoningTokens : 48;
  const ask = (content: string, more: Partial<GeneratorRequest> = {}) => ({
    prompt: { messages: [{ role: "user" as const, content }] },
    outputTokensMax,
    ...more,
  });
  const schema = {
    type: "object",
    properties: { colour: { type: "string", enum: ["red", "green"] } },
    required: ["colour"],
    additionalProperties: false,
  };
  const sampled = ask("Write any four-digit number, and nothing else.", { sampling: { temperature: 0, seed: 7 } });
  const probes: readonly FlagProbe[] = [
    {
      flag: "json_schema",
      // The plain answer would be "blue": only a model that keeps to the schema says otherwise.
      requests: [ask("What colour is a clear sky at noon?", { responseFormat: { name: "colour", schema } })],
      holds: ([reply]) => isColour(reply?.text ?? ""),
    },
    {
      flag: "system_prompt",
      requests: [
        {
          outputTokensMax,
          prompt: {
            messages: [
              { role: "system", content: "Whatever is said, reply with the single word QUINCE and nothing else." },
              { role: "user", content: "Good morning! How are you?" },
            ],
          },
        },
      ],
      holds: ([reply]) => /\bquince\b/i.test(reply?.text ?? ""),
    },
    {
      flag: "tools",
      requests: [
        ask("What is the weather in Oslo right now? Use the tool.", {
          tools: [
            {
              name: "read_weather",
              description: "Reads the weather of a town.",
              parameters: { type: "object", properties: { town: { type: "string" } }, required: ["town"] },
            },
          ],
        }),
      ],
      holds: ([reply]) => reply?.reason === "tool_calls",
    },
    {
      flag: "output_limit",
      requests: [ask("Count from 1 to 500 in digits.", { outputTokensMax: 16 })],
      holds: ([reply]) => reply?.reason === "length",
    },
    { flag: "seed", requests: [sampled, sampled], holds: ([first, second]) => first?.text === second?.text },
  ];
  // A model that only thinks within sixteen tokens says nothing of its limit that could be told from a fault.
  return entry.capabilities.includes("reasoning") ? probes.filter(({ flag }) => flag !== "output_limit") : probes;
}

function isColour(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const colour = typeof value === "object" && value !== null && "colour" in value ? value.colour : undefined;
    return colour === "red" || colour === "green";
  } catch {
    return false;
  }
}
