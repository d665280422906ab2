/**
 * `npm run bench:soak [-- --minutes 30 --rate 100 --faults 0.05 --leave 0.02 --seed 1]`: the router at a steady rate over
 * a provider with faults and readers who leave, then what is left of it: memory after each collection with its slope,
 * sockets and timers before and after. Bounded in time and count, loopback only, stops by itself.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "@larder/testkit";
import { openRouter, routedRequest } from "../faults/ask-larder.ts";
import { quantile } from "../smoke/times.ts";
import { slopeOf } from "./slope.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "100" },
    faults: { type: "string", default: "0.05" },
    leave: { type: "string", default: "0.02" },
    seed: { type: "string", default: "1" },
  },
});
const minutes = Math.min(Number(values.minutes), 24 * 60);
const rate = Math.min(Number(values.rate), 5_000);
const leaveShare = Number(values.leave);
const total = Math.round(minutes * 60 * rate);
const sampleMs = Math.max(1_000, Math.min(10_000, minutes * 1_000));
const random = seededRandom(Number(values.seed));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const collect = globalThis.gc;
if (collect === undefined) throw new Error("Start it by npm run bench:soak: it needs --expose-gc.");

/** Kinds of what keeps the process busy, with their counts: sockets, timers, pipes. */
function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
const shown = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");

const child = fork(fileURLToPath(new URL("./provider-process.ts", import.meta.url)), [values.faults, values.seed]);
const [url] = (await once(child, "message")) as [string];
const limits = { firstTextMs: 1_000, idleMs: 1_000, totalMs: 5_000, requestMs: 8_000, credentialMs: 500 };
const router = openRouter(url, { ...limits, hedgeDelayMs: 300 });

const outcomes = new Map<string, number>();
const tookMs: number[] = [];
const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
let running = 0;
let runningMax = 0;

async function ask(): Promise<void> {
  running += 1;
  runningMax = Math.max(runningMax, running);
  const controller = new AbortController();
  const leaves =
    random() < leaveShare ? setTimeout(() => controller.abort(new Error("left")), random() * 40) : undefined;
  const startMs = performance.now();
  let last = "nothing";
  try {
    for await (const event of router.generate(routedRequest("What does a larder keep?"), controller)) last = event.kind;
  } catch {
    last = controller.signal.aborted ? "left by the reader" : "thrown";
  }
  clearTimeout(leaves);
  count(last);
  if (tookMs.length < 200_000) tookMs.push(performance.now() - startMs);
  running -= 1;
}

const warm = async () => {
  for (let i = 0; i < 20; i++) await ask();
};
await warm();
await delay(500);
collect();
const before = resources();
print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
print(
  `${minutes} min at ${rate}/s, ${values.faults} of calls with a fault, ${leaveShare} of readers leave, seed ${values.seed}`,
);

const samples: { readonly atMs: number; readonly heap: number; readonly rss: number }[] = [];
const startMs = performance.now();
let nextSampleMs = startMs + sampleMs;
const pending = new Set<Promise<void>>();
for (let sent = 0; sent < total; ) {
  const nowMs = performance.now();
  const due = Math.min(total, Math.floor(((nowMs - startMs) / 1_000) * rate) + 1);
  for (; sent < due; sent++) {
    const asking: Promise<void> = ask().finally(() => pending.delete(asking));
    pending.add(asking);
  }
  if (nowMs >= nextSampleMs) {
    nextSampleMs += sampleMs;
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    samples.push({ atMs: nowMs - startMs, heap: heapUsed, rss });
  }
  await delay(5);
}
await Promise.all(pending);
const tookS = (performance.now() - startMs) / 1_000;
await router[Symbol.asyncDispose]();
await delay(1_500);
collect();
const after = resources();

const megabyte = 2 ** 20;
/** The first sixth is the warm-up: code is compiled and pools are filled. */
const steady = samples.filter(({ atMs }) => atMs > (minutes * 60_000) / 6);
for (const [name, of] of [["heap", "heap"] as const, ["resident set", "rss"] as const]) {
  const points = steady.map((sample) => [sample.atMs / 60_000, sample[of] / megabyte] as const);
  const { slope, error } = slopeOf(points);
  const [first, last] = [points[0]?.[1] ?? 0, points.at(-1)?.[1] ?? 0];
  print(
    `${name}: ${first.toFixed(1)} MB to ${last.toFixed(1)} MB, slope ${slope.toFixed(3)} ± ${error.toFixed(3)} MB/min, ` +
      `${((slope / rate / 60) * 1_000).toFixed(4)} MB for 1,000 requests`,
  );
}
print(`requests: ${total} in ${tookS.toFixed(1)} s, at most ${runningMax} at once`);
print(
  `outcomes: ${[...outcomes].map(([name, n]) => `${n} ${name}`).join(", ")} (the first 20 before the start included)`,
);
print(`time: p50 ${quantile(tookMs, 0.5).toFixed(1)} ms, p99 ${quantile(tookMs, 0.99).toFixed(1)} ms`);
print(`active before, 20 requests answered: ${shown(before)}`);
print(`active after, router closed: ${shown(after)}`);
child.disconnect();
await once(child, "exit");
