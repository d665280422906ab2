/**
 * `npm run bench:gateway [-- --seconds 10 --rounds 3 --rate 200 --litellm-rate 20 --portkey-rate 100 --only larder]`:
 * what a gateway adds to a streamed chat completion, against the same fake provider asked directly, in one run; then the
 * highest rate that Larder and LiteLLM sustain. Every part is a process of its own on 127.0.0.1, and each run of load
 * ends by itself. LiteLLM and Portkey are installed under bench/peers at the first run; one that cannot be is left out,
 * and the output says so.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Gateway } from "../peers/gateway.ts";
import { openLiteLlm } from "../peers/open-litellm.ts";
import { openPortkey } from "../peers/open-portkey.ts";
import { firstMessage, forkBundled, forkHere, quantile, runLoad } from "./run-load.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "200" },
    "litellm-rate": { type: "string", default: "20" },
    "portkey-rate": { type: "string", default: "100" },
    only: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const ms = (value: number) => `${value.toFixed(2)} ms`;

interface Overhead {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Measured = Omit<Gateway, typeof Symbol.asyncDispose>;

/** What each gateway adds to the quantiles of the direct calls: rounds of both and of direct calls, at one rate. */
async function overheadsOf(gateways: readonly Measured[], direct: string, rate: number) {
  const asked = [{ name: "direct", url: direct, headers: {} }, ...gateways].map((gateway) => ({
    ...gateway,
    first: [] as number[],
    done: [] as number[],
    lost: 0,
    sent: 0,
  }));
  const load = { model: "m-mini", drainMs: 10_000 };
  // Compilers and sockets of a fresh process are not what is measured.
  for (const { url, headers } of gateways) await runLoad({ ...load, url, headers, rate: rate / 4, seconds: 8 });
  for (let round = 0; round < rounds; round += 1) {
    for (const each of asked) {
      const { url, headers } = each;
      const result = await runLoad({ ...load, url, headers, rate, seconds });
      each.first.push(...result.firstMs);
      each.done.push(...result.doneMs);
      each.lost += result.failed + result.unfinished;
      each.sent += result.sent;
    }
  }
  const [without, ...through] = asked;
  print(`\nAt ${rate} requests/s:`);
  return through.map((each) => {
    const added = (part: "first" | "done"): Overhead => ({
      p50Ms: quantile(each[part], 0.5) - quantile(without?.[part] ?? [], 0.5),
      p99Ms: quantile(each[part], 0.99) - quantile(without?.[part] ?? [], 0.99),
    });
    print(`  ${each.name}: ${each.sent} sent, ${each.lost} failed or unfinished`);
    for (const [name, part] of [
      ["first word", "first"],
      ["[DONE]", "done"],
    ] as const) {
      const { p50Ms, p99Ms } = added(part);
      const plain = without?.[part] ?? [];
      const alone = `direct p50 ${ms(quantile(plain, 0.5))}, p99 ${ms(quantile(plain, 0.99))}`;
      print(`    to ${name}: adds p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)} (${alone})`);
    }
    return { name: each.name, first: added("first"), done: added("done") };
  });
}

/** Both at the rate that the peer sustains, in the same rounds. */
async function compare([bare, larder]: readonly [Measured, Measured], peer: Measured, direct: string, rate: number) {
  const [, ours, theirs] = await overheadsOf([bare, larder, peer], direct, rate);
  if (ours === undefined || theirs === undefined) return;
  const times = (part: "first" | "done", p: keyof Overhead) => `${(theirs[part][p] / ours[part][p]).toFixed(1)} ×`;
  const p50 = `p50 ${times("first", "p50Ms")} to the first word, ${times("done", "p50Ms")} to [DONE]`;
  const p99 = `p99 ${times("first", "p99Ms")}, ${times("done", "p99Ms")}`;
  print(`  Less than ${peer.name} adds: ${p50}; ${p99}`);
}

const ladder = [10, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_200, 1_500];

/** The highest rate of the ladder at which all answers come, and 99 of 100 within half a second. 0 for none. */
async function sustainedRateOf({ name, url, headers }: Measured, from: number) {
  let best = 0;
  for (const rate of ladder.filter((each) => each >= from)) {
    const result = await runLoad({ url, headers, model: "m-mini", rate, seconds: 5, drainMs: 3_000 });
    const isKept = result.sendSeconds < 5.5;
    const p99Ms = quantile(result.doneMs, 0.99);
    if (result.failed + result.unfinished > 0 || !(p99Ms < 500) || !isKept) {
      const why = isKept
        ? `${result.failed + result.unfinished} lost, p99 ${ms(p99Ms)}`
        : "the load generator fell behind";
      print(`  ${name} does not sustain ${rate} requests/s: ${why}`);
      break;
    }
    best = rate;
  }
  print(`  ${name} sustains ${best} requests/s`);
  return best;
}

async function orSay(name: string, open: () => Promise<Gateway>): Promise<Gateway | undefined> {
  if (values.only !== undefined && values.only !== name.toLowerCase()) return undefined;
  try {
    return await open();
  } catch (thrown) {
    print(`${name} cannot be run here: ${thrown instanceof Error ? thrown.message.split("\n")[0] : "unknown"}`);
    return undefined;
  }
}

print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
print(
  `load average at the start: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`,
);
const folder = await mkdtemp(join(tmpdir(), "larder-bench-gateway-"));
const providerProcess = forkHere("provider-process.ts");
const { url: direct } = await firstMessage<{ url: string }>(providerProcess, 30_000);
const providersFile = join(folder, "providers.json");
const model = (id: string, input: string, output: string) => ({
  id,
  price_usd_per_mtok: { input, output },
  context_tokens: 100_000,
  max_output_tokens: 8_000,
  capabilities: ["system_prompt"],
});
const models = [model("m-mini", "0.10", "0.40"), model("m-small", "0.20", "0.80")];
await writeFile(providersFile, JSON.stringify({ providers: [{ id: "acme", base_url: direct, models }] }));
const bareProcess = forkHere("bare-proxy-process.ts", {}, [direct]);
const { url: bareUrl } = await firstMessage<{ url: string }>(bareProcess, 30_000);
const larderProcess = forkBundled("larder-process.ts", {
  LARDER_DATA_DIR: folder,
  LARDER_PROVIDERS_FILE: providersFile,
});
try {
  const { url } = await firstMessage<{ url: string }>(larderProcess, 60_000);
  const larder = { name: "Larder", url, headers: {} };
  const bare = { name: "A bare proxy", url: bareUrl, headers: {} };
  await overheadsOf([bare, larder], direct, Number(values.rate));
  const portkey = await orSay("Portkey", () => openPortkey(direct, 20_000));
  if (portkey !== undefined) {
    await using peer = portkey;
    await compare([bare, larder], peer, direct, Number(values["portkey-rate"]));
  }
  const litellm = await orSay("LiteLLM", () => openLiteLlm(direct, 20_000));
  let theirRate: number | undefined;
  if (litellm !== undefined) {
    await using peer = litellm;
    await compare([bare, larder], peer, direct, Number(values["litellm-rate"]));
    print("\nHighest rate at which every answer comes and 99 of 100 within half a second:");
    theirRate = await sustainedRateOf(peer, 10);
  }
  const ourRate = await sustainedRateOf(larder, 100);
  await sustainedRateOf({ name: "The provider, asked directly,", url: direct, headers: {} }, 400);
  if (theirRate !== undefined) print(`  Larder sustains ${(ourRate / theirRate).toFixed(1)} × the rate of LiteLLM`);
  print(
    `\nload average at the end: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}`,
  );
} finally {
  if (larderProcess.connected) larderProcess.disconnect();
  if (larderProcess.exitCode === null) await new Promise((resolve) => larderProcess.once("exit", resolve));
  bareProcess.disconnect();
  providerProcess.disconnect();
  await rm(folder, { recursive: true, force: true });
}
