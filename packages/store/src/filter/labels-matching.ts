import type { KnowledgeBaseId, Label, SearchFilter } from "@larder/contracts";
import { and, eq, isNotNull, or, sql } from "drizzle-orm";
import { isVersionOfPassage } from "../passage-row.ts";
import { documents, documentVersions, knowledgeBases, passages, reindexings } from "../schema/index.ts";
import type { SqliteConnection } from "../sqlite-connection.ts";
import { compileFilter } from "./compile-filter.ts";

/**
 * Labels of the live passages of the documents that match. The filter is asked once a version, from an index that holds
 * all it can ask for; the labels are read from the index of the passages' order alone. Other versions than live ones have
 * passages only beside a generation in the making or of one that is being removed: then each is looked at. Plain numbers straight from the driver: the query builder's rows would take as long again.
 */
export function selectLabelsMatching(
  { client, db }: SqliteConnection,
  knowledgeBaseId: KnowledgeBaseId,
  filter: SearchFilter,
): ReadonlySet<Label> {
  const others = db
    .select({ id: knowledgeBases.id })
    .from(knowledgeBases)
    .leftJoin(reindexings, eq(reindexings.knowledgeBaseId, knowledgeBases.id))
    .where(
      and(
        eq(knowledgeBases.id, knowledgeBaseId),
        or(isNotNull(knowledgeBases.remainsSinceMs), isNotNull(reindexings.generation)),
      ),
    )
    .get();
  const onlyLive =
    others === undefined
      ? undefined
      : sql`${passages.version} = (select ${documents.liveVersion} from ${documents}
          where ${documents.id} = ${passages.documentId})`;
  const query = db
    .select({ label: passages.label })
    .from(documentVersions)
    .innerJoin(passages, isVersionOfPassage)
    .where(and(eq(documentVersions.knowledgeBaseId, knowledgeBaseId), compileFilter(filter), onlyLive))
    .toSQL();
  return new Set(
    client
      .prepare<unknown[], Label>(query.sql)
      .pluck()
      .all(...query.params),
  );
}
