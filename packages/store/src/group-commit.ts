/** Work that stands alone and may share a transaction with other work of its kind. */
export interface GroupCommit<Item> {
  /** Resolves when the item is durable; rejects with what kept this very item from being so. */
  add(item: Item): Promise<void>;
  /** Writes what waits, at once. */
  flush(): void;
}

interface Waiting<Item> {
  readonly item: Item;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * One transaction, and so one sync of the disk, for all items that come within `intervalMs` of the one before; an item
 * that comes alone is written in the same turn of the event loop. An item that cannot be written fails alone: the group
 * is then written one by one.
 *
 * @param write - All of them or none, synchronously; throws when it cannot
 */
export function createGroupCommit<Item>(
  write: (items: readonly Item[]) => void,
  intervalMs: number,
): GroupCommit<Item> {
  let waiting: Waiting<Item>[] = [];
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const group = waiting;
    waiting = [];
    if (group.length > 0) writeGroup(group);
    writtenAtMs = performance.now();
  }

  function writeGroup(group: readonly Waiting<Item>[]): void {
    try {
      write(group.map(({ item }) => item));
    } catch (error) {
      const [only] = group;
      if (group.length === 1) only?.reject(error);
      else for (const one of group) writeGroup([one]);
      return;
    }
    for (const { resolve } of group) resolve();
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // Not shorter than 0: the text that the item is the record of goes out first.
        timer ??= setTimeout(flush, Math.max(0, intervalMs - (performance.now() - writtenAtMs)));
      });
    },
    flush,
  };
}
