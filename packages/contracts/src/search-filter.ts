/** What a filter compares with. A list is compared as a whole, element by element and in order. */
export type FilterScalar = string | number | boolean | null;
export type FilterValue = FilterScalar | readonly FilterScalar[];

/** What Larder knows of every document. `createdAt` is an instant, `bytes` a number, the others are text. */
export type DocumentFact = "id" | "externalId" | "title" | "mediaType" | "createdAt" | "bytes";

export type FilterField =
  | {
      readonly kind: "metadata";
      /** Names of objects' members from the outermost inward, at least one. A list is never looked into by a path. */
      readonly path: readonly string[];
    }
  | { readonly kind: "document"; readonly fact: DocumentFact };

/**
 * One comparison of a field. It is true or false of a document, never unknown, and nothing is coerced: `2` is not `"2"`.
 *
 * - `eq`, `in`: the value is the same. `ne` and `not_in` are their negations, so a missing field satisfies them.
 * - `gt`, `gte`, `lt`, `lte`: numbers by size, texts by code point. False for a missing field and another type.
 * - `exists`: the field is there, be it with `null`.
 * - `contains`: an element of a list is the same as the value, or a text has the value inside it, letter by letter.
 *
 * Dates: a text that {@link parseInstant} reads is compared as its instant, with any text that it reads as well, by
 * every comparison but the `contains` of a text. A date is never in order with a text that is none.
 */
export type FilterCondition =
  | { readonly kind: "eq" | "ne"; readonly field: FilterField; readonly value: FilterValue }
  | { readonly kind: "in" | "not_in"; readonly field: FilterField; readonly values: readonly FilterScalar[] }
  | {
      readonly kind: "gt" | "gte" | "lt" | "lte";
      readonly field: FilterField;
      readonly value: string | number;
    }
  | { readonly kind: "exists"; readonly field: FilterField; readonly isPresent: boolean }
  | { readonly kind: "contains"; readonly field: FilterField; readonly value: FilterScalar };

/** Which documents a search may find passages of. An empty `and` is true of all documents, an empty `or` of none. */
export type SearchFilter =
  | { readonly kind: "and" | "or"; readonly filters: readonly SearchFilter[] }
  | { readonly kind: "not"; readonly filter: SearchFilter }
  | FilterCondition;
