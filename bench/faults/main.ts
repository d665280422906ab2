/**
 * `npm run bench:faults [-- --only larder,litellm,portkey]`: the faults of the matrix through Larder's router, LiteLLM's
 * proxy and Portkey's gateway, over one fake provider on loopback, and what a client got of each. The peers are installed
 * under bench/peers at the first run; one that cannot be installed or started is named, and the others are measured.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { startFakeProvider } from "@larder/testkit";
import { faultCells } from "../../packages/generator-router/test/fault-cells.ts";
import type { Gateway } from "../peers/gateway.ts";
import { openLiteLlm } from "../peers/open-litellm.ts";
import { openPortkey } from "../peers/open-portkey.ts";
import { askGateway } from "./ask-gateway.ts";
import { askLarder } from "./ask-larder.ts";
import type { Seen, Verdict } from "./verdict.ts";
import { deltasOf, verdictOf } from "./verdict.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "larder,litellm,portkey" } } });
const wanted = new Set(values.only.split(","));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** What each is told: 2 s to the first token and of silence. A client that has nothing after 8 s calls it a hang. */
const timeoutMs = 2_000;
const hangMs = 8_000;
const atOnce = 6;
const cells = faultCells.map((cell) => {
  const { fault } = cell.answer;
  // One that is late for a time limit of 700 ms is not late for one of 2 s.
  return fault?.kind === "drip" ? { ...cell, answer: { ...cell.answer, fault: { ...fault, delayMs: 1_500 } } } : cell;
});

await using provider = await startFakeProvider({
  models: [{ id: "m-mini" }, { id: "m-small" }],
  answer: ({ model, messages }) => {
    const cell = cells[Number(/cell (\d+)/.exec(messages[0]?.content ?? "")?.[1])];
    return { deltas: deltasOf(model), ...(model === "m-mini" && cell?.answer) };
  },
});

type Ask = (content: string, isStream: boolean) => Promise<Seen>;
const columns: { readonly name: string; readonly ask: Ask }[] = [];
if (wanted.has("larder")) {
  columns.push({ name: "Larder", ask: (content) => askLarder(provider.url, content, timeoutMs, hangMs) });
}
const opened: Gateway[] = [];
for (const [name, open] of [["litellm", openLiteLlm] as const, ["portkey", openPortkey] as const]) {
  if (!wanted.has(name)) continue;
  try {
    const gateway = await open(provider.url, timeoutMs);
    opened.push(gateway);
    const ask: Ask = (content, isStream) => askGateway(gateway, { content, isStream, hangMs });
    columns.push({ name: gateway.name, ask });
  } catch (error) {
    print(`${name} is not measured: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  }
}

try {
  print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
  print(
    `${cells.length} faults of the cheapest model; the next one is well. Limits ${timeoutMs} ms, a hang is ${hangMs} ms.`,
  );
  const table = new Map<string, Verdict[]>();
  for (const { ask } of columns) {
    const verdicts: Verdict[] = Array.from({ length: cells.length }, () => "hang");
    const left = cells.map((_, i) => i);
    const work = async () => {
      for (let i = left.shift(); i !== undefined; i = left.shift()) {
        const cell = cells[i];
        if (cell === undefined) continue;
        verdicts[i] = verdictOf(await ask(`cell ${i}`, cell.answer.form !== "json"), cell);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    for (const [i, verdict] of verdicts.entries()) {
      const name = cells[i]?.name ?? "";
      table.set(name, [...(table.get(name) ?? []), verdict]);
    }
  }
  print(`\n| fault | ${columns.map(({ name }) => name).join(" | ")} |\n|---|${"---|".repeat(columns.length)}`);
  for (const [name, verdicts] of table) print(`| ${name} | ${verdicts.join(" | ")} |`);
  print("");
  for (const [i, { name }] of columns.entries()) {
    const counts = new Map<string, number>();
    for (const verdicts of table.values()) {
      const verdict = verdicts[i] ?? "hang";
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    }
    print(`${name}: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(", ")}`);
  }
} finally {
  for (const gateway of opened) await gateway[Symbol.asyncDispose]();
}
