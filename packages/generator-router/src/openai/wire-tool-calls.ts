import type { ToolCallDelta } from "@larder/contracts";
import { z } from "zod";

/** Tool calls in a reply, or pieces of them in a chunk. What cannot be read is left out. */
export const wireToolCalls = z
  .array(
    z.object({
      index: z.int().nonnegative().optional().catch(undefined),
      id: z.string().nullish().catch(undefined),
      function: z
        .object({
          name: z.string().nullish().catch(undefined),
          arguments: z
            .union([z.string(), z.record(z.string(), z.unknown())])
            .nullish()
            .catch(undefined),
        })
        .nullish()
        .catch(undefined),
    }),
  )
  .nullish()
  .catch(undefined);
type WireToolCalls = z.infer<typeof wireToolCalls>;

interface OpenCall {
  readonly index: number;
  readonly id: string | undefined;
  isNamed: boolean;
}

/**
 * Pieces of tool calls with an index that tells the calls apart. Most providers number them; some leave the number out,
 * give every call the number 0, or send the arguments as an object. A new id begins a new call; only the first piece of
 * a call keeps its id and name, which some repeat with every piece.
 */
export class ToolCallReader {
  /** By the provider's number, or one of ours below 0. */
  readonly #open = new Map<number, OpenCall>();
  #count = 0;
  #last = 0;

  get hasCalls(): boolean {
    return this.#count > 0;
  }

  read(pieces: WireToolCalls): ToolCallDelta[] {
    return (pieces ?? []).map(({ index: told, id: givenId, function: called }) => {
      const id = givenId || undefined; // an empty one is none
      const name = called?.name || undefined;
      const goesOn = id === undefined || id === this.#open.get(this.#last)?.id;
      const number = told ?? (goesOn ? this.#last : -1 - this.#count);
      this.#last = number;
      const text = typeof called?.arguments === "object" ? JSON.stringify(called.arguments ?? {}) : called?.arguments;
      const more = { arguments: text ?? "" };
      const open = this.#open.get(number);
      if (open !== undefined && (id === undefined || id === open.id)) {
        if (open.isNamed || name === undefined) return { index: open.index, ...more };
        open.isNamed = true;
        return { index: open.index, name, ...more };
      }
      const index = this.#count++;
      this.#open.set(number, { index, id, isNamed: name !== undefined });
      return { index, id: id ?? `call_${index}`, ...(name !== undefined && { name }), ...more };
    });
  }
}
