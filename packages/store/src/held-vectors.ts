import { createHash } from "node:crypto";
import type { EmbedderId, LeasedTask } from "@larder/contracts";
import { eq, sql } from "drizzle-orm";
import { prepared } from "./prepared-statement.ts";
import { vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

/**
 * By which a vector is found again: one hash over knowledge base, embedder and the SHA-256 of the text that was embedded.
 * The knowledge base is part of it so that no other one can tell, by how long it takes, that this one has a text.
 */
export function reuseKeyOf(
  { knowledgeBaseId }: Pick<LeasedTask, "knowledgeBaseId">,
  embedderId: EmbedderId,
  sha256: string,
): Buffer {
  return createHash("sha256").update(`${knowledgeBaseId}\n${embedderId}\n${sha256}`).digest();
}

const selectVector = prepared((queries) =>
  queries
    .select({ vector: vectors.vector })
    .from(vectors)
    .where(eq(vectors.reuseKey, sql.placeholder("reuseKey")))
    .limit(1)
    .prepare(),
);

/** Vectors of these texts, of whichever document or generation: text and embedder being equal, they have the same bits. */
export function readHeldVectors(
  queries: Queries,
  task: LeasedTask,
  embedderId: EmbedderId,
  sha256s: readonly string[],
): ReadonlyMap<string, Float32Array> {
  const held = new Map<string, Float32Array>();
  for (const sha256 of new Set(sha256s)) {
    const row = selectVector(queries).get({ reuseKey: reuseKeyOf(task, embedderId, sha256) });
    if (row !== undefined) held.set(sha256, row.vector);
  }
  return held;
}
