import type { FinishOutcome, LeasedTask, TaskId, TaskQueue } from "@larder/contracts";
import { and, count, eq, isNull, sql } from "drizzle-orm";
import { planFinish, writeFinish } from "./finish-task.ts";
import { readHeldVectors } from "./held-vectors.ts";
import { settleDocument } from "./job-rows.ts";
import { createTaskLeases } from "./lease-tasks.ts";
import { readLiveVectors, readStoredVersion } from "./live-vectors.ts";
import { parkTask } from "./parked-tasks.ts";
import { parametersOf, prepared } from "./prepared-statement.ts";
import { abandonReindexing, findReindexing } from "./reindexing-rows.ts";
import { findSameText } from "./same-text.ts";
import { documents, documentVersions, knowledgeBases, reindexings, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";
import { settleClaims } from "./tidy-document.ts";
import { reportFailure } from "./version-report.ts";

/** Until a task whose vectors are of another generation is tried again. Chosen arbitrarily. */
const otherGenerationDelayMs = 1_000;

const selectHeld = prepared((queries) =>
  queries
    .select({ number: tasks.number })
    .from(tasks)
    .where(and(eq(tasks.id, sql.placeholder("id")), eq(tasks.leaseToken, sql.placeholder("leaseToken"))))
    .prepare(),
);

const deleteTask = prepared((queries) =>
  queries
    .delete(tasks)
    .where(eq(tasks.id, sql.placeholder("id")))
    .prepare(),
);

const delayTask = prepared((queries) =>
  queries
    .update(tasks)
    .set(parametersOf(tasks, ["dueAtMs"]))
    .where(eq(tasks.id, sql.placeholder("ofTask")))
    .prepare(),
);

const showProgress = prepared((queries) =>
  queries
    .update(documents)
    .set(parametersOf(documents, ["status", "progress", "updatedAtMs"]))
    .where(eq(documents.id, sql.placeholder("ofDocument")))
    .prepare(),
);

const selectEmbedders = prepared((queries) =>
  queries
    .select({ live: knowledgeBases.embedderId, next: reindexings.embedderId })
    .from(knowledgeBases)
    .leftJoin(reindexings, eq(reindexings.knowledgeBaseId, knowledgeBases.id))
    .where(eq(knowledgeBases.id, sql.placeholder("knowledgeBaseId")))
    .prepare(),
);

/** The queue of tasks as rows. A lease is a token that only its holder knows; whoever leases again makes another. */
export function createTaskRows(context: StoreContext): TaskQueue {
  const { read, write, clock } = context;
  const leases = createTaskLeases(context);

  const leaseGroup: TaskQueue["leaseGroup"] = async (limits, call) => {
    // Looking first spares idle workers the write lock; the transaction looks again.
    if (!read(call, () => leases.isAnyDue(limits))) return [];
    return write(call, () => leases.lease(limits));
  };

  const renewGroup: TaskQueue["renewGroup"] = async (states, leaseMs, call) =>
    write(call, (queries) => {
      const nowMs = clock.nowMs();
      const held = new Set<TaskId>();
      for (const { task, status, progress } of states) {
        if (!isHeld(queries, task)) continue;
        held.add(task.id);
        delayTask(queries).run({ ofTask: task.id, dueAtMs: nowMs + leaseMs });
        if (task.remadeFor !== undefined) continue; // the document is what it was
        const shown = { status, progress: Math.min(1, Math.max(0, progress)), updatedAtMs: nowMs };
        showProgress(queries).run({ ofDocument: task.documentId, ...shown });
      }
      return held;
    });

  const finishGroup: TaskQueue["finishGroup"] = async (finished, call) => {
    call.signal.throwIfAborted();
    const startedMs = clock.monotonicMs();
    // Terms are made before the write lock is taken.
    const plans = finished.map(({ task, version }) => planFinish(context, task, version));
    return write(call, (queries) =>
      plans.map((plan): FinishOutcome => {
        const { task } = plan;
        if (!isHeld(queries, task)) return "lost";
        const other = otherGeneration(queries, plan);
        if (other !== undefined) {
          giveBack(queries, task, clock.nowMs() + otherGenerationDelayMs);
          if (other === "next") parkTask(queries, task.id);
          return "lost";
        }
        const publishMs = () => (clock.monotonicMs() - startedMs) / plans.length;
        if (!writeFinish(context, queries, plan, publishMs)) return "original_gone";
        deleteTask(queries).run({ id: task.id });
        if (task.remadeFor !== undefined) return "published";
        settleDocument(queries, task.documentId, { outcome: "ready" }, clock.nowMs());
        settleClaims(context, queries, task);
        return "published";
      }),
    );
  };

  return {
    async lease({ name, leaseMs }, call) {
      const limits = { name, leaseMs, tasksMax: 1, bytesMax: Number.MAX_SAFE_INTEGER };
      return (await leaseGroup(limits, call))[0];
    },
    leaseGroup,
    async renew(task, { status, progress, leaseMs }, call) {
      return (await renewGroup([{ task, status, progress }], leaseMs, call)).has(task.id);
    },
    renewGroup,
    async finish(task, version, call) {
      return (await finishGroup([{ task, version }], call))[0] === "published";
    },
    finishGroup,
    async fail(task, error, call) {
      return write(call, (queries) => {
        if (!isHeld(queries, task)) return false;
        const nowMs = clock.nowMs();
        if (task.remadeFor !== undefined) {
          const reindexing = findReindexing(queries, task.knowledgeBaseId);
          const end = { kind: "failed" as const, documentId: task.documentId, error };
          if (reindexing !== undefined) abandonReindexing(queries, reindexing, end, nowMs);
          return true;
        }
        queries.delete(tasks).where(eq(tasks.id, task.id)).run();
        const failed = { status: "failed" as const, error, updatedAtMs: nowMs };
        queries.update(documents).set(failed).where(eq(documents.id, task.documentId)).run();
        reportFailure(queries, task);
        settleDocument(queries, task.documentId, { outcome: "failed", error }, nowMs);
        return true;
      });
    },
    async release(task, error, delayMs, call) {
      return write(call, (queries) => {
        if (!isHeld(queries, task)) return false;
        const nowMs = clock.nowMs();
        const waiting = { leaseToken: null, leasedBy: null, lastError: error, dueAtMs: nowMs + delayMs };
        const uncounted = error.code === "SERVER_STOPPING" ? { attempts: sql`${tasks.attempts} - 1` } : {};
        queries
          .update(tasks)
          .set({ ...waiting, ...uncounted })
          .where(eq(tasks.id, task.id))
          .run();
        if (task.remadeFor !== undefined) return true;
        const shown = { status: "queued" as const, progress: 0, updatedAtMs: nowMs };
        queries.update(documents).set(shown).where(eq(documents.id, task.documentId)).run();
        return true;
      });
    },
    async reclaim(name, call) {
      return write(call, () => leases.reclaim(name));
    },
    async depth(call) {
      return read(
        call,
        (queries) => queries.select({ tasks: count() }).from(tasks).where(isNull(tasks.remadeFor)).get()?.tasks ?? 0,
      );
    },
    async findSameText({ knowledgeBaseId, documentId }, textSha256, call) {
      return read(call, (queries) => findSameText(queries, { knowledgeBaseId, documentId, textSha256 }));
    },
    async heldVectors(task, embedderId, sha256s, call) {
      return read(call, (queries) => readHeldVectors(queries, task, embedderId, sha256s));
    },
    async liveVectors(task, embedderId, call) {
      return read(call, (queries) => readLiveVectors(queries, task, embedderId));
    },
    async storedVersion(task, call) {
      return read(call, (queries) => readStoredVersion(queries, task));
    },
    async awaited(sha256s, call) {
      const listed = sql`(select value from json_each(${JSON.stringify(sha256s)}))`;
      const ofTask = and(
        eq(documentVersions.documentId, tasks.documentId),
        eq(documentVersions.version, tasks.version),
        sql`${documentVersions.sha256} in ${listed}`,
      );
      return read(call, (queries) => {
        const rows = queries
          .select({ sha256: documentVersions.sha256 })
          .from(tasks)
          .innerJoin(documentVersions, ofTask);
        return new Set(rows.all().map(({ sha256 }) => sha256));
      });
    },
  };
}

/**
 * Of which generation vectors are that are not of the live one's embedder: of the `former`, made while the swap came; or
 * of the `next`, because nobody can open the live one's.
 */
function otherGeneration(
  queries: Queries,
  { task, version }: ReturnType<typeof planFinish>,
): "former" | "next" | undefined {
  const { knowledgeBaseId, remadeFor, embedderId: leasedFor } = task;
  if (remadeFor !== undefined) return undefined;
  const row = selectEmbedders(queries).get({ knowledgeBaseId });
  if (row === undefined || row.live === null || row.live === version.embedderId) return undefined;
  if (row.next === version.embedderId) return "next";
  return leasedFor === version.embedderId ? "former" : undefined;
}

/** As if it had never been leased. */
function giveBack(queries: Queries, { id }: LeasedTask, dueAtMs: number): void {
  const waiting = { leaseToken: null, leasedBy: null, dueAtMs, attempts: sql`${tasks.attempts} - 1` };
  queries.update(tasks).set(waiting).where(eq(tasks.id, id)).run();
}

function isHeld(queries: Queries, task: LeasedTask): boolean {
  return selectHeld(queries).get({ id: task.id, leaseToken: task.leaseToken }) !== undefined;
}
