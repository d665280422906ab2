import type { Clock } from "@larder/contracts";

/** The machine's time, for tests of whole processes, where nobody could advance a clock. */
export const realClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
