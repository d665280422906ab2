/** A function that the model may ask the caller to run. */
export interface ToolOffer {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of its arguments; absent: it takes none. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Arguments must satisfy the schema exactly, where the provider can see to that. */
  readonly isStrict?: boolean;
}

/** Whether a tool is called: as the model sees fit, never, some tool in any case, or this one. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/** One call that a model asks for. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it, which need not parse nor satisfy the schema. */
  readonly arguments: string;
}

/** A piece of a tool call. The first piece of each has its id and name; those of one call share their index, from 0. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  /** More of the arguments' text; may be empty. */
  readonly arguments: string;
}

/** Whole calls of pieces in the order in which they came, by index. Pure; without pieces there are none. */
export function toolCallsOf(deltas: readonly ToolCallDelta[]): { readonly toolCalls?: readonly ToolCall[] } {
  if (deltas.length === 0) return {};
  const calls = new Map<number, ToolCall>();
  for (const { index, id, name, arguments: more } of deltas) {
    const before = calls.get(index) ?? { id: "", name: "", arguments: "" };
    calls.set(index, { id: id ?? before.id, name: name ?? before.name, arguments: before.arguments + more });
  }
  return { toolCalls: [...calls].toSorted(([a], [b]) => a - b).map(([, call]) => call) };
}
