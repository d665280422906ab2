import { setMaxListeners } from "node:events";
import type { Call, EmbeddingLane } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export interface LaneQueueOptions {
  /** Turns one batch into its rows; its signal aborts when the request it belongs to is over. */
  readonly send: (texts: readonly string[], lane: EmbeddingLane, call: Call) => Promise<Float32Array>;
  readonly dimensions: number;
  readonly batchTextsMax: number;
  /** Batches sent and not answered. */
  readonly inFlightMax: Readonly<Record<EmbeddingLane, number>>;
  /** A lane that holds as many unanswered texts refuses further requests; one request may be longer than this. */
  readonly waitingTextsMax: Readonly<Record<EmbeddingLane, number>>;
}

/**
 * Splits requests into batches and decides which is sent next: no other batch begins while a query waits, a background
 * batch only when no bulk one waits or is under way, or when it is its turn; and requests of one lane are taken in the
 * order they came.
 */
export interface LaneQueue {
  /** @throws {@link LarderError} `EMBEDDER_UNAVAILABLE` when the lane is full, and whatever `send` throws */
  submit(texts: readonly string[], lane: EmbeddingLane, call: Call): Promise<Float32Array>;
  /** Rejects what waits and whatever comes. */
  close(reason: LarderError): void;
}

interface Request {
  readonly texts: readonly string[];
  readonly lane: EmbeddingLane;
  readonly matrix: Float32Array;
  readonly abort: AbortController;
  readonly resolve: (matrix: Float32Array) => void;
  readonly reject: (reason: unknown) => void;
  sentTexts: number;
  answeredTexts: number;
}

/** Bulk batches in a row before a background one has its turn. Chosen arbitrarily. */
const overtakingsMax = 15;

export function createLaneQueue(options: LaneQueueOptions): LaneQueue {
  const { send, dimensions, batchTextsMax, inFlightMax, waitingTextsMax } = options;
  const open: Record<EmbeddingLane, Set<Request>> = { query: new Set(), bulk: new Set(), background: new Set() };
  const inFlight: Record<EmbeddingLane, number> = { query: 0, bulk: 0, background: 0 };
  let overtakings = 0; // bulk batches that were sent one after another while a background one waited
  let closedBy: LarderError | undefined;

  function sendWhatMayBegin(): void {
    for (let next = nextUnsent("query"); next !== undefined; next = nextUnsent("query")) {
      if (inFlight.query >= inFlightMax.query) return; // bulk work does not overtake the query that waits
      void sendBatch(next);
    }
    for (let next = nextPassages(); next !== undefined; next = nextPassages()) {
      if (inFlight.bulk + inFlight.background >= inFlightMax[next.lane]) return;
      const isWaitedFor = next.lane === "bulk" && nextUnsent("background") !== undefined;
      overtakings = isWaitedFor ? overtakings + 1 : 0;
      void sendBatch(next);
    }
  }

  /** Without a turn of its own, background work that holds a lease would never end beside a steady stream. */
  function nextPassages(): Request | undefined {
    const background = nextUnsent("background");
    if (background !== undefined && overtakings >= overtakingsMax) return background;
    return nextUnsent("bulk") ?? background;
  }

  function nextUnsent(lane: EmbeddingLane): Request | undefined {
    for (const request of open[lane]) if (request.sentTexts < request.texts.length) return request;
    return undefined;
  }

  async function sendBatch(request: Request): Promise<void> {
    const start = request.sentTexts;
    const texts = request.texts.slice(start, start + batchTextsMax);
    request.sentTexts += texts.length;
    inFlight[request.lane] += 1;
    try {
      request.matrix.set(await send(texts, request.lane, { signal: request.abort.signal }), start * dimensions);
      request.answeredTexts += texts.length;
      if (request.answeredTexts === request.texts.length && open[request.lane].delete(request)) {
        request.resolve(request.matrix);
      }
    } catch (thrown) {
      fail(request, thrown);
    } finally {
      inFlight[request.lane] -= 1;
      sendWhatMayBegin();
    }
  }

  function fail(request: Request, reason: unknown): void {
    if (!open[request.lane].delete(request)) return;
    request.reject(reason);
    request.abort.abort(reason);
  }

  function unansweredTexts(lane: EmbeddingLane): number {
    let count = 0;
    for (const request of open[lane]) count += request.texts.length - request.answeredTexts;
    return count;
  }

  return {
    async submit(texts, lane, { signal }) {
      signal.throwIfAborted();
      if (closedBy !== undefined) throw closedBy;
      if (texts.length === 0) return new Float32Array(0);
      const waitingTexts = unansweredTexts(lane);
      if (waitingTexts >= waitingTextsMax[lane]) {
        throw new LarderError("EMBEDDER_UNAVAILABLE", {
          details: { reason: "too many texts are waiting", lane, waitingTexts, waitingTextsMax: waitingTextsMax[lane] },
        });
      }
      let stopListening: () => void = () => undefined;
      try {
        return await new Promise<Float32Array>((resolve, reject) => {
          const matrix = new Float32Array(texts.length * dimensions);
          const abort = new AbortController();
          const request: Request = { texts, lane, matrix, abort, resolve, reject, sentTexts: 0, answeredTexts: 0 };
          const onAbort = (): void => fail(request, signal.reason);
          setMaxListeners(0, signal); // one signal serves many requests at once; Node would take eleven for a leak
          signal.addEventListener("abort", onAbort, { once: true });
          stopListening = () => signal.removeEventListener("abort", onAbort);
          open[lane].add(request);
          sendWhatMayBegin();
        });
      } finally {
        stopListening();
      }
    },
    close(reason) {
      closedBy = reason;
      for (const request of Object.values(open).flatMap((requests) => [...requests])) fail(request, reason);
    },
  };
}
