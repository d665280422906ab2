import { LarderError } from "@larder/contracts";

/** Bounds how many uploads are received at once: each holds a socket, a file and a hash. */
export interface UploadSlots {
  /** @throws {@link LarderError} `QUEUE_FULL` at once when none is free */
  hold<T>(receive: () => Promise<T>): Promise<T>;
}

export function createUploadSlots(uploadsAtOnceMax: number): UploadSlots {
  let held = 0;
  return {
    async hold(receive) {
      if (held >= uploadsAtOnceMax) throw new LarderError("QUEUE_FULL", { details: { retryAfterMs: 2_000 } });
      held++;
      try {
        return await receive();
      } finally {
        held--;
      }
    },
  };
}
