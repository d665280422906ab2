import { LarderError } from "@larder/contracts";
import type { LinearMemory } from "@larder/dot-kernel";
import { createLinearMemory, memoryPageBytes, memoryPagesMax } from "@larder/dot-kernel";

const growth = 1.5; // so that adding one row after the other moves each a bounded number of times

/** One byte less than 4 GiB: kernels stop at the address behind the last row, which has to fit into 32 bits. */
export const roomBytesMax = memoryPagesMax * memoryPageBytes - 1;

/**
 * Memory with room for that many bytes: this one, grown where it has too little, which detaches all views of it; or a new one.
 * @throws {@link LarderError} `INDEX_FULL` above {@link roomBytesMax}, `INDEX_UNAVAILABLE` when the system has no more
 */
export function withRoom(
  memory: LinearMemory | undefined,
  bytes: number,
  details: { readonly vectors: number; readonly dimensions: number },
): LinearMemory {
  if (bytes > roomBytesMax) throw new LarderError("INDEX_FULL", { details });
  const pagesWanted = Math.ceil(bytes / memoryPageBytes);
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
