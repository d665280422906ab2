import type { DocumentId, KnowledgeBaseId, Upload } from "@larder/contracts";
import { and, asc, eq, or, sql } from "drizzle-orm";
import { parametersOf, prepared, preparedInsert } from "./prepared-statement.ts";
import { documentClaims, documentVersions } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

export type Claim = typeof documentClaims.$inferSelect;

const insertClaimRow = preparedInsert(documentClaims, ["knowledgeBaseId", "externalId", "liveId", "nextId", "said"]);

const selectNamed = prepared((queries) =>
  queries
    .select()
    .from(documentClaims)
    .where(
      and(
        eq(documentClaims.knowledgeBaseId, sql.placeholder("knowledgeBaseId")),
        eq(documentClaims.externalId, sql.placeholder("externalId")),
      ),
    )
    .prepare(),
);

const selectOn = prepared((queries) =>
  queries
    .select()
    .from(documentClaims)
    .where(or(eq(documentClaims.liveId, sql.placeholder("id")), eq(documentClaims.nextId, sql.placeholder("id"))))
    .orderBy(asc(documentClaims.number))
    .prepare(),
);

const selectWaiting = prepared((queries) =>
  queries
    .select()
    .from(documentClaims)
    .where(eq(documentClaims.nextId, sql.placeholder("id")))
    .prepare(),
);

const updateClaim = prepared((queries) =>
  queries
    .update(documentClaims)
    .set(parametersOf(documentClaims, ["liveId", "nextId", "said"]))
    .where(eq(documentClaims.number, sql.placeholder("ofNumber")))
    .prepare(),
);

export function findClaim(queries: Queries, knowledgeBaseId: KnowledgeBaseId, externalId: string): Claim | undefined {
  return selectNamed(queries).get({ knowledgeBaseId, externalId });
}

/** Everybody who has the document's text, or waits for its next one; the oldest first. */
export function claimsOn(queries: Queries, id: DocumentId): readonly Claim[] {
  return selectOn(queries).all({ id });
}

/** Those that wait for the version of a document that is in the making or failed. */
export function claimsWaitingFor(queries: Queries, id: DocumentId): readonly Claim[] {
  return selectWaiting(queries).all({ id });
}

export function insertClaim(queries: Queries, claim: Omit<Claim, "number">): void {
  insertClaimRow(queries, claim);
}

/** @param to - What is not given stays. */
export function moveClaim(
  queries: Queries,
  { number, ...from }: Claim,
  to: Partial<Pick<Claim, "liveId" | "nextId" | "said">>,
): void {
  const { liveId, nextId, said } = { ...from, ...to };
  updateClaim(queries).run({ ofNumber: number, liveId, nextId, said });
}

export function deleteClaim(queries: Queries, { number }: Claim): void {
  queries.delete(documentClaims).where(eq(documentClaims.number, number)).run();
}

/** The document of the bytes that the sender sent last. */
export function newestOf({ liveId, nextId }: Claim): DocumentId | null {
  return nextId ?? liveId;
}

export function saidOf({ fileName, metadata }: Upload): Claim["said"] {
  return { ...(fileName === undefined ? {} : { fileName }), metadata };
}

/**
 * A document shows what one of its senders said. When that one has gone to other bytes, the oldest of those that are left
 * is shown. Its title stays as it was: that is part of what was embedded.
 */
export function showOwnWords(queries: Queries, id: DocumentId): void {
  const own = claimsOn(queries, id).filter((claim) => newestOf(claim) === id);
  const [oldest] = own;
  if (oldest?.said === undefined || own.some(({ said }) => said === null)) return;
  const { fileName, metadata } = oldest.said ?? {};
  queries
    .update(documentVersions)
    .set({ fileName: fileName ?? null, metadata: metadata ?? {} })
    .where(eq(documentVersions.documentId, id))
    .run();
  moveClaim(queries, oldest, { said: null });
}
