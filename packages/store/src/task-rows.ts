import type { LeasedTask, TaskQueue } from "@larder/contracts";
import { and, asc, count, eq, lte, sql } from "drizzle-orm";
import { planFinish, writeFinish } from "./finish-task.ts";
import { settleDocument } from "./job-rows.ts";
import { documents, documentVersions, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** The queue of tasks as rows. A lease is a token that only its holder knows; whoever leases again makes another. */
export function createTaskRows(context: StoreContext): TaskQueue {
  const { read, write, clock, ids } = context;
  return {
    async lease({ name, leaseMs }, call) {
      // Looking first spares idle workers the write lock; the transaction looks again.
      const isWaiting = read(call, (queries) => findDue(queries, clock.nowMs()) !== undefined);
      if (!isWaiting) return undefined;
      return write(call, (queries) => {
        const nowMs = clock.nowMs();
        const due = findDue(queries, nowMs);
        if (due === undefined) return undefined;
        const leaseToken = ids.next("task");
        const leaseExpiresAtMs = nowMs + leaseMs;
        queries
          .update(tasks)
          .set({ attempts: sql`${tasks.attempts} + 1`, leaseToken, leasedBy: name, dueAtMs: leaseExpiresAtMs })
          .where(eq(tasks.number, due.number))
          .run();
        const { number: _number, fileName, attempts, ...task } = due;
        const file = fileName === null ? {} : { fileName };
        return { ...task, ...file, attempt: attempts + 1, leaseToken, leaseExpiresAtMs } satisfies LeasedTask;
      });
    },
    async renew(task, { status, progress, leaseMs }, call) {
      return write(call, (queries) => {
        if (!isHeld(queries, task)) return false;
        const nowMs = clock.nowMs();
        queries
          .update(tasks)
          .set({ dueAtMs: nowMs + leaseMs })
          .where(eq(tasks.id, task.id))
          .run();
        const shown = { status, progress: Math.min(1, Math.max(0, progress)), updatedAtMs: nowMs };
        queries.update(documents).set(shown).where(eq(documents.id, task.documentId)).run();
        return true;
      });
    },
    async finish(task, version, call) {
      call.signal.throwIfAborted();
      const plan = planFinish(context, task, version); // terms are made before the write lock is taken
      return write(call, (queries) => {
        if (!isHeld(queries, task)) return false;
        writeFinish(context, queries, plan);
        queries.delete(tasks).where(eq(tasks.id, task.id)).run();
        settleDocument(queries, task.documentId, { outcome: "ready" }, clock.nowMs());
        return true;
      });
    },
    async fail(task, error, call) {
      return write(call, (queries) => {
        if (!isHeld(queries, task)) return false;
        const nowMs = clock.nowMs();
        queries.delete(tasks).where(eq(tasks.id, task.id)).run();
        const failed = { status: "failed" as const, error, updatedAtMs: nowMs };
        queries.update(documents).set(failed).where(eq(documents.id, task.documentId)).run();
        settleDocument(queries, task.documentId, { outcome: "failed", error }, nowMs);
        return true;
      });
    },
    async release(task, error, delayMs, call) {
      return write(call, (queries) => {
        if (!isHeld(queries, task)) return false;
        const nowMs = clock.nowMs();
        const waiting = { leaseToken: null, leasedBy: null, lastError: error, dueAtMs: nowMs + delayMs };
        queries.update(tasks).set(waiting).where(eq(tasks.id, task.id)).run();
        const shown = { status: "queued" as const, progress: 0, updatedAtMs: nowMs };
        queries.update(documents).set(shown).where(eq(documents.id, task.documentId)).run();
        return true;
      });
    },
    async depth(call) {
      return read(call, (queries) => queries.select({ tasks: count() }).from(tasks).get()?.tasks ?? 0);
    },
  };
}

/** The oldest task that may be leased. Ended tasks have no row, so this stops at the first rows of the table. */
function findDue(queries: Queries, nowMs: number) {
  return queries
    .select({
      number: tasks.number,
      id: tasks.id,
      jobId: tasks.jobId,
      knowledgeBaseId: tasks.knowledgeBaseId,
      documentId: tasks.documentId,
      version: tasks.version,
      attempts: tasks.attempts,
      sha256: documentVersions.sha256,
      bytes: documentVersions.bytes,
      title: documentVersions.title,
      fileName: documentVersions.fileName,
      mediaType: documentVersions.mediaType,
    })
    .from(tasks)
    .innerJoin(
      documentVersions,
      and(eq(documentVersions.documentId, tasks.documentId), eq(documentVersions.version, tasks.version)),
    )
    .where(lte(tasks.dueAtMs, nowMs))
    .orderBy(asc(tasks.number))
    .limit(1)
    .get();
}

function isHeld(queries: Queries, task: LeasedTask): boolean {
  const held = and(eq(tasks.id, task.id), eq(tasks.leaseToken, task.leaseToken));
  return queries.select({ number: tasks.number }).from(tasks).where(held).get() !== undefined;
}
