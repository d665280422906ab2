import { LarderError } from "@larder/contracts";

export interface LaneLimits {
  /** Calls to one provider at the same time; more wait. */
  readonly callsMax: number;
  /** Calls to one provider that wait; more are refused at once. */
  readonly queueMax: number;
  /** Longest wait. */
  readonly queueMs: number;
}

/** At most so many calls to each provider, the others in a bounded queue, first come first served. */
export interface ProviderLanes {
  /**
   * Resolves when the call may begin, to what must be called when it is over; calling it twice does nothing more.
   * @throws {@link LarderError} `PROVIDER_BUSY` when the queue is full or the wait too long; the signal's reason
   */
  enter(provider: string, limit: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<() => void>;
}

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

export function createProviderLanes({ callsMax, queueMax, queueMs }: LaneLimits): ProviderLanes {
  const lanes = new Map<string, Lane>();
  const laneOf = (provider: string): Lane => {
    const lane = lanes.get(provider) ?? { running: 0, waiting: new Set() };
    lanes.set(provider, lane);
    return lane;
  };
  const take = (lane: Lane): (() => void) => {
    lane.running += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      lane.running -= 1;
      const [next] = lane.waiting;
      next?.();
    };
  };
  const busy = (lane: Lane, reason: "queue_full" | "queue_timeout") =>
    new LarderError("PROVIDER_BUSY", { details: { reason, running: lane.running, waiting: lane.waiting.size } });

  return {
    async enter(provider, { waitMs, signal }) {
      signal.throwIfAborted();
      const lane = laneOf(provider);
      if (lane.running < callsMax) return take(lane);
      if (lane.waiting.size >= queueMax) throw busy(lane, "queue_full");
      return new Promise((resolve, reject) => {
        const leave = () => {
          clearTimeout(timer);
          lane.waiting.delete(begin);
          signal.removeEventListener("abort", onAbort);
        };
        const begin = () => {
          leave();
          resolve(take(lane)); // in the same turn as the place became free: nobody comes between
        };
        const onAbort = () => {
          leave();
          reject(signal.reason);
        };
        const onLate = () => {
          leave();
          reject(busy(lane, "queue_timeout"));
        };
        const timer = setTimeout(onLate, Math.max(0, Math.min(waitMs, queueMs)));
        lane.waiting.add(begin);
        signal.addEventListener("abort", onAbort, { once: true });
      });
    },
  };
}
