import type { DocumentReader, Label, PassageId, StoredPassage } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { findClaim, newestOf } from "./claims.ts";
import { checkLimit, readCursor, toPage } from "./cursor.ts";
import { documentColumns, isReportOfShown, isShownVersion, toStoredDocument } from "./document-row.ts";
import { selectLabelsMatching } from "./filter/labels-matching.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { isLiveVersion } from "./live-version.ts";
import { isVersionOfPassage, passageColumns, toStoredPassage } from "./passage-row.ts";
import { documents, documentVersions, knowledgeBases, passages, versionReports } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";

/** Reads of documents and passages. Those that searches and answers wait for are prepared once. */
export function createDocumentReader({ read, connection }: StoreContext): DocumentReader {
  const knowledgeBaseId = sql.placeholder("knowledgeBaseId");
  const listed = sql`(select value from json_each(${sql.placeholder("json")}))`; // one statement for lists of any length
  const passagesByLabel = connection.db
    .select(passageColumns)
    .from(passages)
    .innerJoin(documentVersions, isVersionOfPassage)
    .where(
      and(
        sql`${passages.label} in ${listed}`,
        eq(passages.knowledgeBaseId, knowledgeBaseId),
        sql`${passages.generation} = (select ${knowledgeBases.generation} from ${knowledgeBases}
          where ${knowledgeBases.id} = ${knowledgeBaseId})`,
      ),
    )
    .prepare();
  const passagesById = connection.db
    .select(passageColumns)
    .from(passages)
    .innerJoin(documentVersions, isVersionOfPassage)
    .where(and(sql`${passages.id} in ${listed}`, eq(passages.knowledgeBaseId, knowledgeBaseId)))
    .prepare();

  /** Seeks in the index of bytes, one a knowledge base. What the next generation is made of has the same hashes. */
  const sha256sFrom = connection.client
    .prepare<{ readonly first: string; readonly last: string }, string>(
      `SELECT v.sha256 FROM knowledge_bases k CROSS JOIN document_versions v
       WHERE v.knowledge_base_id = k.id AND v.generation = k.generation AND v.sha256 >= :first AND v.sha256 < :last`,
    )
    .pluck();

  return {
    async document(knowledgeBaseId, id, call) {
      return read(call, (queries) => toStoredDocument(findDocument(queries, knowledgeBaseId, id)));
    },
    async documents(knowledgeBaseId, { limit, cursor, status, externalId }, call) {
      checkLimit(limit);
      const [after = 0] = cursor === undefined ? [] : readCursor(cursor, 1);
      return read(call, (queries) => {
        findKnowledgeBase(queries, knowledgeBaseId);
        const claim = externalId === undefined ? undefined : findClaim(queries, knowledgeBaseId, externalId);
        if (externalId !== undefined && claim === undefined) return { data: [] };
        const named = claim === undefined ? undefined : eq(documents.id, newestOf(claim) ?? sql`null`);
        const ofStatus = status === undefined ? undefined : eq(documents.status, status);
        const rows = queries
          .select(documentColumns)
          .from(documents)
          .innerJoin(documentVersions, isShownVersion)
          .leftJoin(versionReports, isReportOfShown)
          .where(and(eq(documents.knowledgeBaseId, knowledgeBaseId), gt(documents.number, after), ofStatus, named))
          .orderBy(asc(documents.number))
          .limit(limit + 1)
          .all();
        return toPage(rows, limit, ({ document }) => [document.number], toStoredDocument);
      });
    },
    async text(knowledgeBaseId, id, call) {
      return read(call, (queries) => {
        const row = queries
          .select({ version: documentVersions.version, text: documentVersions.text })
          .from(documents)
          .innerJoin(documentVersions, isLiveVersion)
          .where(and(eq(documents.id, id), eq(documents.knowledgeBaseId, knowledgeBaseId)))
          .get();
        if (row === undefined || row.text === null) {
          throw new LarderError("DOCUMENT_NOT_FOUND", { details: { document_id: id } });
        }
        return { documentId: id, version: row.version, text: row.text };
      });
    },
    async passages(knowledgeBaseId, id, { limit, cursor }, call) {
      checkLimit(limit);
      const [after = -1] = cursor === undefined ? [] : readCursor(cursor, 1);
      return read(call, (queries) => {
        const { document } = findDocument(queries, knowledgeBaseId, id);
        const rows = queries
          .select(passageColumns)
          .from(passages)
          .innerJoin(documentVersions, isVersionOfPassage)
          .where(
            and(eq(passages.documentId, id), eq(passages.version, document.liveVersion), gt(passages.ordinal, after)),
          )
          .orderBy(asc(passages.ordinal))
          .limit(limit + 1)
          .all();
        return toPage(rows, limit, (row) => [row.ordinal], toStoredPassage);
      });
    },
    async passagesByLabel(knowledgeBaseId, labels, call) {
      return read(call, () => {
        const rows = passagesByLabel.all({ knowledgeBaseId, json: JSON.stringify(labels) });
        return new Map<Label, StoredPassage>(rows.map((row) => [row.label, toStoredPassage(row)]));
      });
    },
    async passagesById(knowledgeBaseId, ids, call) {
      return read(call, () => {
        const rows = passagesById.all({ knowledgeBaseId, json: JSON.stringify(ids) });
        return new Map<PassageId, StoredPassage>(rows.map((row) => [row.id, toStoredPassage(row)]));
      });
    },
    async sha256sFrom(prefix, call) {
      return read(call, () => new Set(sha256sFrom.all({ first: prefix, last: `${prefix}g` }))); // behind every digit
    },
    async labelsMatching(knowledgeBaseId, filter, call) {
      return read(call, () => selectLabelsMatching(connection, knowledgeBaseId, filter));
    },
  };
}
