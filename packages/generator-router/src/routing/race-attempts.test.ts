import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StartedAttempt } from "./race-attempts.ts";
import { raceAttempts } from "./race-attempts.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => void process.on("unhandledRejection", note));
afterEach(() => {
  process.off("unhandledRejection", note);
  unhandled.length = 0;
});

const failure = new Error("whoever is told of attempts failed");
const answered = {
  kind: "answered",
  attempt: { provider: "p", model: "m", outcome: "answered", billed: "yes", startedAtMs: 0, totalMs: 1 },
  reason: "stop",
  usage: { tokens: {} as never, source: "provider" },
} as const;

/** A silent attempt that, once stopped, is told of to somebody who throws. */
function silent(): StartedAttempt {
  const own = new AbortController();
  // biome-ignore lint/correctness/useYield: it is silent
  async function* run(): StartedAttempt["events"] {
    if (!own.signal.aborted) await once(own.signal, "abort");
    throw failure;
  }
  return { events: run(), stop: () => own.abort() };
}

function speaking(): StartedAttempt {
  async function* run(): StartedAttempt["events"] {
    yield { kind: "text", text: "Plums " };
    yield { kind: "text", text: "keep." };
    return answered;
  }
  return { events: run(), stop: () => undefined };
}

/** Time for a rejection that nobody looks at to be noticed. */
const aTurnLater = () => new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)));

const race = () => raceAttempts(silent(), { delayMs: 0, startSecond: speaking });

it("tells a reader who reads on of a failure to write the loser down, and nobody behind his back", async () => {
  const events = race();
  expect(await events.next()).toEqual({ done: false, value: { kind: "text", text: "Plums " } });
  await aTurnLater(); // a slow reader: the loser has ended long before he asks for more
  expect(unhandled).toEqual([]);
  await expect(events.next()).rejects.toBe(failure);
});

it("tells a reader who leaves at the first text of that failure too", async () => {
  const events = race();
  await events.next();
  await expect(events.return(undefined as never)).rejects.toBe(failure);
  await aTurnLater();
  expect(unhandled).toEqual([]);
});
