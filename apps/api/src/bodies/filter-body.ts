import type { DocumentFact, FilterField, SearchFilter } from "@larder/contracts";

const factNames: Readonly<Record<DocumentFact, string>> = {
  id: "id",
  externalId: "external_id",
  title: "title",
  mediaType: "media_type",
  createdAt: "created_at",
  bytes: "bytes",
};

/** A filter as it may be sent again; keys as lists of names, which can say every key. */
export function toFilterBody(filter: SearchFilter): Record<string, unknown> {
  switch (filter.kind) {
    case "and":
    case "or":
      return { type: filter.kind, filters: filter.filters.map(toFilterBody) };
    case "not":
      return { type: "not", filter: toFilterBody(filter.filter) };
    case "in":
    case "not_in":
      return { type: filter.kind, key: toKey(filter.field), value: filter.values };
    case "exists":
      return { type: "exists", key: toKey(filter.field), value: filter.isPresent };
    default:
      return { type: filter.kind, key: toKey(filter.field), value: filter.value };
  }
}

function toKey(field: FilterField): readonly string[] {
  return field.kind === "metadata" ? ["metadata", ...field.path] : ["document", factNames[field.fact]];
}
