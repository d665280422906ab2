import type { KnowledgeBaseId, Label, SearchFilter } from "@larder/contracts";
import { and, eq } from "drizzle-orm";
import { isVersionOfPassage } from "../passage-row.ts";
import { documentVersions, passages } from "../schema/index.ts";
import type { SqliteConnection } from "../sqlite-connection.ts";
import { compileFilter } from "./compile-filter.ts";

/**
 * Labels of the live passages of the documents that match. The filter is asked once a version, from an index that holds
 * all it can ask for; the labels are read from the index of the passages' order alone, and only a live version has
 * passages. Plain numbers straight from the driver: the query builder's rows would take as long again.
 */
export function selectLabelsMatching(
  { client, db }: SqliteConnection,
  knowledgeBaseId: KnowledgeBaseId,
  filter: SearchFilter,
): ReadonlySet<Label> {
  const query = db
    .select({ label: passages.label })
    .from(documentVersions)
    .innerJoin(passages, isVersionOfPassage)
    .where(and(eq(documentVersions.knowledgeBaseId, knowledgeBaseId), compileFilter(filter)))
    .toSQL();
  return new Set(
    client
      .prepare<unknown[], Label>(query.sql)
      .pluck()
      .all(...query.params),
  );
}
