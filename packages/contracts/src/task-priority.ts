/** In the order of leasing: what is of a higher priority goes before any of a lower one, of whichever knowledge base. */
export const taskPriorities = ["high", "normal", "low"] as const;

export type TaskPriority = (typeof taskPriorities)[number];

/**
 * Whether work of this priority may begin beside what is in work already. What is of a lower priority does not count: so
 * nothing waits for less urgent work that was there first, and nothing has to be interrupted.
 *
 * @param atOnceMax - most of its own and higher priorities together
 */
export function mayBegin(priority: TaskPriority, inWork: Iterable<TaskPriority>, atOnceMax: number): boolean {
  const rank = taskPriorities.indexOf(priority);
  let before = 0;
  for (const other of inWork) if (taskPriorities.indexOf(other) <= rank) before += 1;
  return before < atOnceMax;
}
