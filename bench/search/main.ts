import { mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runServer } from "@larder/api";
import { readDataSet } from "@larder/evaluation";
import type { Fetch } from "../smoke/larder-parts.ts";
import { createKnowledgeBase, ingest, jsonPost, withFolder } from "../smoke/larder-parts.ts";
import type { BenchText } from "../smoke/texts.ts";
import { timesOf } from "../smoke/times.ts";

/**
 * How long a search takes in a large knowledge base, end to end over HTTP on loopback: embedding of the question, both
 * searches, late interaction and packing. `npm run bench:search [-- --data ../shared --passages 100000 --questions 600
 * --folder DIR]`. A folder is kept, and not filled again when it holds enough.
 *
 * Texts are those of the development sets; where they are too few they come again with every eleventh word changed, so
 * that no passage repeats another.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared" },
    passages: { type: "string", default: "100000" },
    questions: { type: "string", default: "600" },
    folder: { type: "string" },
  },
});
const passagesWanted = Number(values.passages);
const evaluation = join(values.data, "eval");
const textSets = ["scifact", "obliqa-dev-longdoc", "covid-qa", "chroma-chunking", "squad2-dev-half"];
const questionSets = ["scifact", "covid-qa", "squad2-dev-half"];
const textsPerCall = 500;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.folder === undefined) await withFolder(measure);
else {
  await mkdir(values.folder, { recursive: true });
  await measure(values.folder);
}

async function measure(folder: string): Promise<void> {
  print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
  const server = await runServer({
    LARDER_DATA_DIR: join(folder, "data"),
    LARDER_PORT: "0",
    LARDER_LOG_LEVEL: "silent",
    LARDER_OFFLINE: "1",
  });
  try {
    const fetchPath: Fetch = (path, init) => fetch(new URL(path, server.url), init);
    const { id, passages } = await filledKnowledgeBase(fetchPath);
    const count = Number(values.questions);
    const all = await readQuestions(2 * count);
    const questions = all.filter((_, i) => i % 2 === 0);
    const search = async (query: string, limits = {}): Promise<void> => {
      const response = await fetchPath(`/v1/knowledge-bases/${id}/search`, jsonPost({ query, ...limits }));
      if (!response.ok) throw new Error(`search: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    };
    for (const question of all.filter((_, i) => i % 2 === 1)) await search(question);
    print(`Search of ${passages} passages, ${questions.length} different questions after as many others`);
    for (const [name, limits] of Object.entries({
      "ten whole passages": { limit: 10 },
      "2,048 tokens": { token_budget: 2_048 },
      "automatic budget (default)": {},
    })) {
      const { p50Ms, p99Ms } = await timesOf(questions, (query) => search(query, limits));
      print(`  ${name.padEnd(28)} p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`);
    }
  } finally {
    await server.close();
  }
}

async function filledKnowledgeBase(fetchPath: Fetch): Promise<{ readonly id: string; readonly passages: number }> {
  const response = await fetchPath("/v1/knowledge-bases");
  const { data } = (await response.json()) as { data: { id: string; counts: { passages: number } }[] };
  const [kept] = data;
  if (kept !== undefined && kept.counts.passages >= passagesWanted) return { id: kept.id, ...kept.counts };
  const id = kept?.id ?? (await createKnowledgeBase(fetchPath, "bench"));
  let passages = 0;
  const startMs = performance.now();
  for await (const texts of textGroups()) {
    passages = await ingest(fetchPath, id, texts);
    process.stderr.write(`\r${passages} of ${passagesWanted} passages`);
    if (passages >= passagesWanted) break;
  }
  process.stderr.write("\n");
  print(`Ingested ${passages} passages in ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
  return { id, passages };
}

async function* textGroups(): AsyncGenerator<readonly BenchText[]> {
  for (let round = 0; ; round++) {
    for (const set of textSets) {
      const { documents } = await readDataSet(evaluation, set);
      for (let i = 0; i < documents.length; i += textsPerCall) {
        yield documents
          .slice(i, i + textsPerCall)
          .map((document) => ({ ...document, text: altered(document.text, round) }));
      }
    }
  }
}

function altered(text: string, round: number): string {
  if (round === 0) return text;
  return text
    .split(" ")
    .map((word, i) => ((i + round) % 11 === 0 ? `${word}x${round}` : word))
    .join(" ");
}

/** As many of each set as the others have, one set after the other. */
async function readQuestions(count: number): Promise<readonly string[]> {
  const sets = await Promise.all(questionSets.map((set) => readDataSet(evaluation, set)));
  return sets.flatMap(({ queries }) => queries.slice(0, count / questionSets.length).map(({ text }) => text));
}
