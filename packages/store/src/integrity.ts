import type { Call } from "@larder/contracts";
import { count, eq, isNull, sql, sum } from "drizzle-orm";
import { documents, knowledgeBases, passages, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export interface IntegrityReport {
  readonly isSound: boolean;
  /** One sentence a problem, without document text. */
  readonly problems: readonly string[];
}

/** SQLite's own checks, and what no constraint can say: that each count is what it counts. */
export function checkIntegrity({ connection: { client }, read }: StoreContext, call: Call): IntegrityReport {
  const problems = read(call, (queries) => [
    ...readStrings(client.pragma("integrity_check(20)"))
      .filter((line) => line !== "ok")
      .map((line) => `SQLite says: ${line}.`),
    ...readStrings(client.pragma("foreign_key_check")).map(
      (table) => `A row of ${table} points at a row that is gone.`,
    ),
    ...countProblems(queries),
  ]);
  return { isSound: problems.length === 0, problems };
}

function countProblems(queries: Queries): readonly string[] {
  const counted = queries
    .select({ passages: count(), vectors: count(vectors.label) })
    .from(passages)
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

/** The first column of each row of a pragma. */
function readStrings(rows: unknown): readonly string[] {
  if (!Array.isArray(rows)) return [];
  return rows.map((row: unknown) =>
    typeof row === "object" && row !== null ? String(Object.values(row)[0]) : String(row),
  );
}
