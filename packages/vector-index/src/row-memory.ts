import { LarderError } from "@larder/contracts";
import type { LinearMemory } from "@larder/dot-kernel";
import { createLinearMemory, memoryPageBytes, memoryPagesMax } from "@larder/dot-kernel";

const growth = 1.5; // so that adding one row after the other moves each a bounded number of times

/**
 * Memory with room for that many bytes: this one, grown where it has too little, which detaches all views of it; or a new one.
 * @throws {@link LarderError} `INDEX_FULL` above 4 GiB, `INDEX_UNAVAILABLE` when the system has no more
 */
export function withRoom(
  memory: LinearMemory | undefined,
  bytes: number,
  details: { readonly vectors: number; readonly dimensions: number },
): LinearMemory {
  const pagesWanted = Math.ceil(bytes / memoryPageBytes);
  if (pagesWanted > memoryPagesMax) throw new LarderError("INDEX_FULL", { details });
  const pages = (memory?.buffer.byteLength ?? 0) / memoryPageBytes;
  if (memory !== undefined && pages >= pagesWanted) return memory;
  const pagesRoomy = Math.min(memoryPagesMax, Math.max(pagesWanted, Math.ceil(pages * growth)));
  try {
    if (memory === undefined) return createLinearMemory(pagesRoomy);
    memory.grow(pagesRoomy - pages);
    return memory;
  } catch (cause) {
    throw new LarderError("INDEX_UNAVAILABLE", { details, cause });
  }
}
