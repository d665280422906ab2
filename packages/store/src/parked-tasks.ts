import type { KnowledgeBaseId, TaskId } from "@larder/contracts";
import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { priorityNumbers } from "./lease-tasks.ts";
import { tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

/** Added to a parked task's priority: it is leased behind every other, and its own is known. */
const parkedBy = 10;

const parked = Object.values(priorityNumbers).map((priority) => priority + parkedBy);

/**
 * A task that waits for the swap of its knowledge base must not keep the tasks that the swap waits for from their turn:
 * those are of low priority.
 */
export function parkTask(queries: Queries, id: TaskId): void {
  queries
    .update(tasks)
    .set({ priority: sql`${tasks.priority} + ${parkedBy}` })
    .where(and(eq(tasks.id, id), lt(tasks.priority, parkedBy)))
    .run();
}

/** Once there is nothing to wait for any more. */
export function unparkTasks(queries: Queries, id: KnowledgeBaseId): void {
  queries
    .update(tasks)
    .set({ priority: sql`${tasks.priority} - ${parkedBy}` })
    .where(and(eq(tasks.knowledgeBaseId, id), inArray(tasks.priority, parked)))
    .run();
}
