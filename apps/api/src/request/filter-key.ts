import { z } from "@hono/zod-openapi";
import type { DocumentFact, FilterField } from "@larder/contracts";

const facts: ReadonlyMap<string, DocumentFact> = new Map<string, DocumentFact>([
  ["id", "id"],
  ["external_id", "externalId"],
  ["title", "title"],
  ["media_type", "mediaType"],
  ["created_at", "createdAt"],
  ["bytes", "bytes"],
]);

const expected = `must be metadata.<name> or one of ${[...facts.keys()].map((name) => `document.${name}`).join(", ")}`;
const namesMax = 32; // metadata is never nested deeper, see jsonDepthMax
const nameCharactersMax = 1_000; // chosen arbitrarily

/**
 * What a condition is about: names joined by dots, or a list of names where one of them holds a dot itself or is empty.
 * `metadata.author.name` is `["metadata", "author", "name"]`.
 */
export const filterKey = z
  .union([z.string().max(nameCharactersMax), z.array(z.string().max(nameCharactersMax)).max(namesMax)], expected)
  .transform((sent, context): FilterField => {
    const [root, ...path] = typeof sent === "string" ? sent.split(".") : sent;
    if (root === "metadata" && path.length > 0 && (typeof sent !== "string" || !path.includes(""))) {
      return { kind: "metadata", path };
    }
    const fact = root === "document" && path.length === 1 ? facts.get(path[0] ?? "") : undefined;
    if (fact !== undefined) return { kind: "document", fact };
    context.addIssue(expected);
    return z.NEVER;
  })
  .meta({ description: `${expected}; a list of names where a name holds a dot.`, examples: ["metadata.team"] });
