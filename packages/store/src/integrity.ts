import type { Call, Label } from "@larder/contracts";
import { passageLeaf, sha256Hex, sha256OfVector } from "@larder/receipts";
import { and, asc, count, eq, gt, isNull, sql, sum } from "drizzle-orm";
import { documents, knowledgeBases, passageLeaves, passages, vectors } from "./schema/index.ts";
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
    ...leafProblems(queries),
  ]);
  return { isSound: problems.length === 0, problems };
}

function countProblems(queries: Queries): readonly string[] {
  const counted = queries
    .select({ passages: count(), vectors: count(vectors.label) })
    .from(passages)
    .innerJoin(
      knowledgeBases,
      and(eq(knowledgeBases.id, passages.knowledgeBaseId), eq(knowledgeBases.generation, passages.generation)),
    )
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
