import type { IndexOperationLog, Label } from "@larder/contracts";

/** What an index holds that starts empty and reads in small steps. */
export async function liveLabels(log: IndexOperationLog, id: Parameters<IndexOperationLog["readAfter"]>[0]) {
  const live = new Set<Label>();
  for (let sequence = 0; ; ) {
    const operations = await log.readAfter(id, sequence, 2);
    for (const operation of operations) {
      sequence = operation.sequence;
      if (operation.kind === "add") live.add(operation.label);
      else live.delete(operation.label);
    }
    if (operations.length === 0) return [...live].sort((a, b) => a - b);
  }
}
