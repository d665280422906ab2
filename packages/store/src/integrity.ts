import type { Call, Label } from "@larder/contracts";
import { passageLeaf, sha256Hex, sha256OfVector } from "@larder/receipts";
import { and, asc, count, eq, gt, isNull, sql, sum } from "drizzle-orm";
import { documents, knowledgeBases, passageLeaves, passages, vectors } from "./schema/index.ts";
import type { Queries, SqliteClient, SqliteConnection } from "./sqlite-connection.ts";
import { toLarderError } from "./to-larder-error.ts";

export interface IntegrityReport {
  readonly isSound: boolean;
  /** One sentence a problem, without document text. */
  readonly problems: readonly string[];
}

/**
 * SQLite's own checks, and what no constraint can say: that each count is what it counts.
 * @param open - A connection of the check's own: FTS5 keeps a part of its tables in memory, and a connection that has been
 * open for a while may hold that against what another one wrote, and call it damage
 */
export function checkIntegrity(open: () => SqliteConnection, call: Call): IntegrityReport {
  call.signal.throwIfAborted();
  try {
    const { client, db } = open();
    try {
      const problems = client.transaction(() => [
        ...sqliteProblems(client),
        ...countProblems(db),
        ...languageProblems(db),
        ...leafProblems(db),
      ])();
      return { isSound: problems.length === 0, problems };
    } finally {
      client.close();
    }
  } catch (error) {
    throw toLarderError(error);
  }
}

function sqliteProblems(client: SqliteClient): readonly string[] {
  return [
    ...readStrings(client.pragma("integrity_check(20)"))
      .filter((line) => line !== "ok")
      .map((line) => `SQLite says: ${line}.`),
    ...readStrings(client.pragma("foreign_key_check")).map(
      (table) => `A row of ${table} points at a row that is gone.`,
    ),
  ];
}

const isOfLiveGeneration = and(
  eq(knowledgeBases.id, passages.knowledgeBaseId),
  eq(knowledgeBases.generation, passages.generation),
);

function countProblems(queries: Queries): readonly string[] {
  const counted = queries
    .select({ passages: count(), vectors: count(vectors.label) })
    .from(passages)
    .innerJoin(knowledgeBases, isOfLiveGeneration)
    .leftJoin(vectors, eq(vectors.label, passages.label))
    .get();
  const stored = queries
    .select({
      passages: sum(knowledgeBases.passageCount).mapWith(Number),
      documents: sum(knowledgeBases.documentCount).mapWith(Number),
    })
    .from(knowledgeBases)
    .get();
  const live = queries.select({ documents: count() }).from(documents).where(sql`${documents.liveVersion} > 0`).get();
  const orphans = queries
    .select({ vectors: count() })
    .from(vectors)
    .leftJoin(passages, eq(passages.label, vectors.label))
    .where(isNull(passages.label))
    .get();
  const facts: readonly (readonly [string, number, number])[] = [
    ["passages with a vector", counted?.passages ?? 0, counted?.vectors ?? 0],
    ["vectors without a passage", 0, orphans?.vectors ?? 0],
    ["passages in the knowledge bases' counts", counted?.passages ?? 0, stored?.passages ?? 0],
    ["documents in the knowledge bases' counts", live?.documents ?? 0, stored?.documents ?? 0],
  ];
  return facts
    .filter(([, expected, found]) => expected !== found)
    .map(([what, expected, found]) => `There should be ${expected} ${what}, and there are ${found}.`);
}

/** By its languages a knowledge base has its questions read: one that is missing leaves passages of it unfound. */
function languageProblems(queries: Queries): readonly string[] {
  const counted = queries
    .select({ id: knowledgeBases.id, language: passages.language, passages: count() })
    .from(passages)
    .innerJoin(knowledgeBases, isOfLiveGeneration)
    .groupBy(knowledgeBases.id, passages.language)
    .all();
  const stored = queries
    .select({ id: knowledgeBases.id, languages: knowledgeBases.languages })
    .from(knowledgeBases)
    .all();
  const wrong = stored.filter(({ id, languages }) => {
    const there = new Map<string, number>();
    for (const row of counted) {
      const language = row.language ?? "en";
      if (row.id === id) there.set(language, (there.get(language) ?? 0) + row.passages);
    }
    const held = Object.entries(languages);
    return held.length !== there.size || held.some(([language, passages]) => there.get(language) !== passages);
  });
  return wrong.length === 0
    ? []
    : [`${wrong.length} knowledge bases have languages that are not those of their passages.`];
}

/** Passages whose texts and vectors are looked at together. */
const passagesPerRead = 1_000;

/** Roots are made of leaves: each must be what its passage's text and vector give. */
function leafProblems(queries: Queries): readonly string[] {
  let wrong = 0;
  let after = 0 as Label;
  for (;;) {
    const rows = queries
      .select({ passage: passages, vector: vectors.vector, leaf: passageLeaves.leaf })
      .from(passages)
      .innerJoin(vectors, eq(vectors.label, passages.label))
      .innerJoin(passageLeaves, eq(passageLeaves.label, passages.label))
      .where(gt(passages.label, after))
      .orderBy(asc(passages.label))
      .limit(passagesPerRead)
      .all();
    for (const { passage, vector, leaf } of rows) {
      const hashes = { textSha256: sha256Hex(passage.text), vectorSha256: sha256OfVector(vector) };
      if (!passageLeaf({ passageId: passage.id, ...hashes }).equals(leaf)) wrong += 1;
    }
    const last = rows.at(-1);
    if (last === undefined) return wrong === 0 ? [] : [`${wrong} passages have a leaf that is not theirs.`];
    after = last.passage.label;
  }
}

/** The first column of each row of a pragma. */
function readStrings(rows: unknown): readonly string[] {
  if (!Array.isArray(rows)) return [];
  return rows.map((row: unknown) =>
    typeof row === "object" && row !== null ? String(Object.values(row)[0]) : String(row),
  );
}
