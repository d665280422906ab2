/**
 * `npm run bench:smoke [-- --data ../shared --documents 400 --rounds 3]`: speed as ratios, measured side by side in one
 * run. Each measurement is a process of its own; ingestion alternates between the two systems.
 */
import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { quantile } from "./times.ts";

interface Ingestion {
  readonly passages: number;
  readonly seconds: number;
  readonly characters: number;
}
interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared" },
    documents: { type: "string", default: "400" },
    rounds: { type: "string", default: "3" },
    questions: { type: "string", default: "300" },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);

const rounds = Number(values.rounds);
const larder: Ingestion[] = [];
const larderMiniLm: Ingestion[] = [];
const langchain: Ingestion[] = [];
for (let round = 0; round < rounds; round += 1) {
  larder.push(await run<Ingestion>("larder-ingest", values.data, values.documents));
  langchain.push(await run<Ingestion>("langchain-ingest", values.data, values.documents));
  larderMiniLm.push(await run<Ingestion>("larder-ingest", values.data, values.documents, "Xenova/all-MiniLM-L6-v2"));
}
print(`\nIngestion of ${values.documents} abstracts, median of ${rounds} alternating rounds`);
const rows = [
  ["Larder, carried model", larder],
  ["Larder, all-MiniLM-L6-v2", larderMiniLm],
  ["LangChain.js, all-MiniLM-L6-v2, HNSWLib", langchain],
] as const;
for (const [name, runs] of rows) {
  print(
    `  ${name}: ${rate(runs, "passages").toFixed(0)} passages/s, ${(rate(runs, "characters") / 1_000).toFixed(0)} kB/s of text`,
  );
}
print(
  `  ratio Larder / LangChain.js: ${ratio(larder, langchain, "passages")} by passages, ${ratio(larder, langchain, "characters")} by text`,
);
print(
  `  the same model on both sides: ${ratio(larderMiniLm, langchain, "passages")} by passages, ${ratio(larderMiniLm, langchain, "characters")} by text`,
);

const searched = await run<{ passages: number; search: Latency; query: Latency; direct: Latency }>(
  "larder-search",
  values.data,
  values.questions,
);
const peer = await run<Latency>("langchain-search", values.data, values.questions, String(searched.passages));
print(`\nSearch of ${searched.passages} passages, question embedding included`);
print(`  Larder over HTTP, hybrid, packed: ${latency(searched.search)}`);
print(`  LangChain.js in process, dense only: ${latency(peer)}`);
print(
  `  ratio Larder / LangChain.js: p50 ${share(searched.search.p50Ms, peer.p50Ms)}, p99 ${share(searched.search.p99Ms, peer.p99Ms)}`,
);

const { query, direct } = searched;
print(`\nQuery route with a provider that answers at once`);
print(`  the provider asked directly: ${latency(direct)}`);
print(`  through Larder: ${latency(query)}`);
print(
  `  overhead: p50 ${(query.p50Ms - direct.p50Ms).toFixed(1)} ms, p99 ${(query.p99Ms - direct.p99Ms).toFixed(1)} ms`,
);
print(`  of which search: p50 ${share(searched.search.p50Ms, query.p50Ms - direct.p50Ms)}`);

async function run<Result>(name: string, ...args: string[]): Promise<Result> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const nodeArgs = ["--conditions=@larder/source", "--import", "tsx", script, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, nodeArgs, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Result;
}

function rate(runs: readonly Ingestion[], unit: "passages" | "characters"): number {
  return quantile(
    runs.map((one) => one[unit] / one.seconds),
    0.5,
  );
}

/** Median of the ratios round by round, with the range, so that drift of the machine cancels. */
function ratio(a: readonly Ingestion[], b: readonly Ingestion[], unit: "passages" | "characters"): string {
  const ratios = a.map((one, i) => rate([one], unit) / rate(b.slice(i, i + 1), unit)).sort((x, y) => x - y);
  return `${quantile(ratios, 0.5).toFixed(1)}x (${ratios[0]?.toFixed(1)} to ${ratios.at(-1)?.toFixed(1)})`;
}

function latency({ p50Ms, p99Ms }: Latency): string {
  return `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
}

function share(a: number, b: number): string {
  return `${(a / b).toFixed(2)}x`;
}
