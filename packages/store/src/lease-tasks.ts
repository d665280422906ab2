import type { EmbedderId, GroupLease, LeasedTask, TaskPriority } from "@larder/contracts";
import { taskPriorities } from "@larder/contracts";
import type { StoreContext } from "./store-context.ts";

/** As stored: in the order of leasing. */
export const priorityNumbers: Readonly<Record<TaskPriority, number>> = { high: 0, normal: 1, low: 2 };

type Unread =
  | "attempt"
  | "priority"
  | "leaseToken"
  | "leaseExpiresAtMs"
  | "queuedMs"
  | "fileName"
  | "embedderId"
  | "remadeFor";

interface DueRow extends Omit<LeasedTask, Unread> {
  readonly number: number;
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly fileName: string | null;
  readonly embedderId: EmbedderId | null;
  readonly remadeFor: number | null;
}

/** Called inside the caller's transaction. */
export interface TaskLeases {
  isAnyDue(limits: Pick<GroupLease, "above">): boolean;
  lease(limits: GroupLease): readonly LeasedTask[];
  /** Tasks that were held by this name and wait again. */
  reclaim(name: string): number;
}

/** A knowledge base gives at most this share of a group before the next one has its turn. Chosen arbitrarily. */
const turnsPerGroup = 4;

const dueColumns = `t.number, t.id, t.job_id AS jobId, t.knowledge_base_id AS knowledgeBaseId,
  t.document_id AS documentId, t.version, t.attempts, t.created_at_ms AS createdAtMs, v.sha256, v.bytes, v.title,
  v.file_name AS fileName, v.media_type AS mediaType, t.remade_for AS remadeFor,
  CASE WHEN t.remade_for IS NULL
    THEN (SELECT k.embedder_id FROM knowledge_bases k WHERE k.id = t.knowledge_base_id)
    ELSE (SELECT r.embedder_id FROM reindexings r WHERE r.knowledge_base_id = t.knowledge_base_id)
  END AS embedderId`;

/**
 * Finds and claims tasks inside the caller's transaction. Every statement walks the index of turns: what is read grows
 * with the group and, where all that a knowledge base has is held or delayed, with the number of such knowledge bases;
 * never with the number of tasks.
 */
export function createTaskLeases({ connection: { client }, ids, clock }: StoreContext): TaskLeases {
  const isAnyDue = client
    .prepare<[number, number]>(
      // One seek a knowledge base and priority, in the order of the index.
      `WITH RECURSIVE lane(priority, kb, due) AS (
         SELECT * FROM (SELECT priority, knowledge_base_id, due_at_ms FROM tasks
           ORDER BY priority, knowledge_base_id, due_at_ms LIMIT 1)
         UNION ALL
         SELECT t.priority, t.knowledge_base_id, t.due_at_ms FROM lane JOIN tasks t ON t.number = (
           SELECT number FROM tasks WHERE (priority, knowledge_base_id) > (lane.priority, lane.kb)
           ORDER BY priority, knowledge_base_id, due_at_ms LIMIT 1)
         WHERE lane.due > ?
       ) SELECT priority FROM lane WHERE due <= ? LIMIT 1`,
    )
    .pluck();
  const nextLane = client
    .prepare<{ readonly priority: number; readonly after: string; readonly nowMs: number }>(
      `WITH RECURSIVE lane(kb, due) AS (
         SELECT * FROM (SELECT knowledge_base_id, due_at_ms FROM tasks
           WHERE priority = :priority AND knowledge_base_id > :after ORDER BY knowledge_base_id, due_at_ms LIMIT 1)
         UNION ALL
         SELECT t.knowledge_base_id, t.due_at_ms FROM lane JOIN tasks t ON t.number = (
           SELECT number FROM tasks WHERE priority = :priority AND knowledge_base_id > lane.kb
           ORDER BY knowledge_base_id, due_at_ms LIMIT 1)
         WHERE lane.due > :nowMs
       ) SELECT kb FROM lane WHERE due <= :nowMs LIMIT 1`,
    )
    .pluck();
  const selectDue = (where: string) =>
    client.prepare<unknown[], DueRow>(
      `SELECT ${dueColumns} FROM tasks t
       JOIN document_versions v ON v.document_id = t.document_id AND v.version = t.version
       WHERE t.priority = :priority AND t.knowledge_base_id = :kb AND t.due_at_ms <= :nowMs ${where}
       ORDER BY t.due_at_ms, t.number LIMIT :limit`,
    );
  const dueTasks = selectDue("");
  const freshTasks = selectDue("AND t.attempts = 0");
  const lastTurn = client
    .prepare<[number], string>("SELECT knowledge_base_id FROM queue_turns WHERE priority = ?")
    .pluck();
  const keepTurn = client.prepare<[number, string]>(
    `INSERT INTO queue_turns (priority, knowledge_base_id) VALUES (?, ?)
     ON CONFLICT (priority) DO UPDATE SET knowledge_base_id = excluded.knowledge_base_id`,
  );
  const claim = client.prepare<[string, string, number, number]>(
    "UPDATE tasks SET attempts = attempts + 1, lease_token = ?, leased_by = ?, due_at_ms = ? WHERE number = ?",
  );

  const reclaim = client.prepare<[number, string]>(
    "UPDATE tasks SET lease_token = NULL, leased_by = NULL, due_at_ms = ? WHERE leased_by = ?",
  );

  /** The highest priority of which something is due, above the one that is to be passed. */
  function priorityDue({ above }: Pick<GroupLease, "above">, nowMs: number): number | undefined {
    const highest = isAnyDue.get(nowMs, nowMs) as number | undefined;
    const isPassed = highest !== undefined && (above === undefined || highest < priorityNumbers[above]);
    return isPassed ? highest : undefined;
  }

  /** The knowledge base after this one that has something due, going round. */
  const laneAfter = (priority: number, after: string, nowMs: number) =>
    (nextLane.get({ priority, after, nowMs }) ?? nextLane.get({ priority, after: "", nowMs })) as string | undefined;

  function take(row: DueRow, priority: TaskPriority, { name, leaseMs }: GroupLease, nowMs: number): LeasedTask {
    const leaseToken = ids.next("task");
    const leaseExpiresAtMs = nowMs + leaseMs;
    claim.run(leaseToken, name, leaseExpiresAtMs, row.number);
    const { number: _number, fileName, embedderId, remadeFor, attempts, createdAtMs, ...task } = row;
    return {
      ...task,
      priority,
      ...(fileName === null ? {} : { fileName }),
      ...(embedderId === null ? {} : { embedderId }),
      ...(remadeFor === null ? {} : { remadeFor }),
      attempt: attempts + 1,
      queuedMs: Math.max(0, nowMs - createdAtMs),
      leaseToken,
      leaseExpiresAtMs,
    };
  }

  return {
    isAnyDue: (limits) => priorityDue(limits, clock.nowMs()) !== undefined,
    lease(limits: GroupLease): readonly LeasedTask[] {
      const nowMs = clock.nowMs();
      const priority = priorityDue(limits, nowMs);
      const named = priority === undefined ? undefined : taskPriorities[priority];
      if (priority === undefined || named === undefined) return [];
      const taken: LeasedTask[] = [];
      let bytes = 0;
      let lane = lastTurn.get(priority) ?? "";
      const perTurn = Math.max(1, Math.ceil(limits.tasksMax / turnsPerGroup));
      for (;;) {
        const next = laneAfter(priority, lane, nowMs);
        if (next === undefined) break;
        const limit = Math.min(perTurn, limits.tasksMax - taken.length);
        const rows = (taken.length === 0 ? dueTasks : freshTasks).all({ priority, kb: next, nowMs, limit });
        if (rows.length === 0) break; // what is left here was tried before, and comes alone
        lane = next;
        const [first] = rows;
        if (taken.length === 0 && first !== undefined && first.attempts > 0) {
          taken.push(take(first, named, limits, nowMs));
          break;
        }
        const fitting = rows.filter((row) => {
          if (row.attempts > 0 || (taken.length > 0 && bytes + row.bytes > limits.bytesMax)) return false;
          bytes += row.bytes;
          taken.push(take(row, named, limits, nowMs));
          return true;
        });
        if (fitting.length < rows.length || taken.length >= limits.tasksMax || bytes >= limits.bytesMax) break;
      }
      if (taken.length > 0) keepTurn.run(priority, lane);
      return taken;
    },
    reclaim: (name) => reclaim.run(clock.nowMs(), name).changes,
  };
}
