import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { similarityMinDefault } from "@larder/answering";
import { openOnnxEmbedder } from "@larder/embedder";
import { readDataSet } from "@larder/evaluation";
import { bootstrapDifference, bootstrapMean, differencesOf, mean, seededRandom } from "@larder/statistics";
import { openSqliteStore } from "@larder/store";
import { createCountingIds, createManualClock } from "@larder/testkit";
import type { Asking, Settled, SimulatedQuestion } from "./ask-all.ts";
import { askAll, lossOf } from "./ask-all.ts";
import { timeNear } from "./time-near.ts";
import { worlds } from "./topic-world.ts";

/**
 * Whether knowing how models did at near questions helps, on real questions with real vectors, the router, its memory and
 * the database; the models' answers and their check are drawn. Three ways: without near questions, with what they say
 * counted whole, and counted by the trust that they earn, which is what Larder does. A topic is the article that a
 * question is about.
 *
 *     npm run bench:near -- --data <folder of sets> [--set squad2-dev-half] [--rounds 8] [--questions 1000] [--world matter]
 */
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    set: { type: "string", default: "squad2-dev-half" },
    rounds: { type: "string", default: "8" },
    questions: { type: "string", default: "1000" },
    world: { type: "string", default: "" },
    similarity: { type: "string", default: String(similarityMinDefault) },
  },
});
const [rounds, count, similarityMin] = [Number(values.rounds), Number(values.questions), Number(values.similarity)];
const call = { signal: new AbortController().signal };
const folder = await mkdtemp(join(tmpdir(), "larder-near-"));
const store = await openSqliteStore({
  file: join(folder, "larder.sqlite"),
  clock: createManualClock(),
  ids: createCountingIds(),
});

try {
  await timeNear(store);
  if (values.data !== undefined) await compare(values.data);
} finally {
  await store.close();
  await rm(folder, { recursive: true });
}

async function compare(data: string): Promise<void> {
  const set = await readDataSet(data, values.set);
  const titles = new Map(set.documents.map(({ id, title }) => [id, title]));
  const topicOf = (id: string) => titles.get([...(set.relevance.get(id)?.keys() ?? [])][0] ?? "") ?? "";
  await using embedder = await openOnnxEmbedder();
  const vectors = await embedAll(
    embedder,
    set.queries.map(({ text }) => text),
  );
  const topics = [...new Set(set.queries.map(({ id }) => topicOf(id)))];
  console.log(
    `\n${set.name}: ${set.queries.length} questions about ${topics.length} articles; ${rounds} rounds of ${count}`,
  );
  for (const [world, models] of Object.entries(worlds)) {
    if (!world.includes(values.world)) continue;
    for (const [name, policy, escalates] of [
      ["min_quality 0.3", { qualityMin: 0.3 }, false],
      ["min_quality 0.5", { qualityMin: 0.5 }, false],
      ["one escalation allowed", {}, true],
    ] as const) {
      const [plain, whole, near]: [Settled[], Settled[], Settled[]] = [[], [], []];
      const clusters: string[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const random = seededRandom(round);
        const hard = new Set(topics.filter(() => random() < 0.5));
        const drawn = set.queries
          .map((query, index) => ({ topic: topicOf(query.id), vector: vectors[index] as Float32Array, at: random() }))
          .sort((a, b) => a.at - b.at)
          .slice(0, count);
        const questions = drawn.map(({ topic, vector }): SimulatedQuestion => {
          const luck = models.map(() => ({ right: random(), verdict: random() }));
          return { vector, isHard: hard.has(topic), luck };
        });
        clusters.push(...drawn.map(({ topic }) => `${round} ${topic}`));
        const ask = async (arm: string, more: Partial<Asking>) => {
          const title = `${world} ${name} ${round} ${arm}`;
          const wanted = { name: title, description: "", settings: {} };
          const { id } = await store.documents.createKnowledgeBase(wanted, call);
          const asking = { models, policy, escalates, knowledgeBaseId: id, embedderId: embedder.id, similarityMin };
          return askAll(questions, { ...asking, ...more });
        };
        plain.push(...(await ask("without", {})));
        const { pastQuestions } = store;
        whole.push(...(await ask("whole", { pastQuestions, fixedTrust: 1 })));
        near.push(...(await ask("earned", { pastQuestions })));
      }
      console.log(`\n${world}; ${name}`);
      for (const [arm, settled] of [
        ["without", plain],
        ["whole", whole],
        ["earned", near],
      ] as const) {
        const loss = bootstrapMean({ values: settled.map(lossOf), clusters });
        const right = mean(settled.map(({ isRight }) => (isRight ? 1 : 0)));
        const isSmall = mean(settled.map(({ first }) => (first === "small" ? 1 : 0)));
        console.log(
          `  ${arm.padEnd(8)} small first ${percent(isSmall)}, right ${percent(right)}, ` +
            `cost $${mean(settled.map(({ usd }) => usd)).toFixed(5)}, cost and wrong answers $${shown(loss)}`,
        );
      }
      for (const [arm, settled] of [
        ["whole", whole],
        ["earned", near],
      ] as const) {
        const difference = bootstrapDifference(differencesOf(settled.map(lossOf), plain.map(lossOf), clusters));
        console.log(`  ${arm} less without: $${shown(difference)}, p ${difference.p.toFixed(3)}`);
      }
      const trusts = near.flatMap(({ trust }) => (trust === undefined ? [] : [trust]));
      const trusted = trusts.filter((trust) => trust > 0).length / Math.max(1, trusts.length);
      console.log(`  ${percent(trusts.length / near.length)} had near ones; ${percent(trusted)} of those trusted them`);
    }
  }
}

async function embedAll(
  embedder: Awaited<ReturnType<typeof openOnnxEmbedder>>,
  texts: readonly string[],
): Promise<readonly Float32Array[]> {
  const { dimensions } = embedder;
  const vectors: Float32Array[] = [];
  for (let i = 0; i < texts.length; i += 64) {
    const some = texts.slice(i, i + 64);
    const matrix = await embedder.embed(some, "query", call);
    vectors.push(...some.map((_, row) => matrix.slice(row * dimensions, (row + 1) * dimensions)));
  }
  return vectors;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function shown({ mean: value, low, high }: { readonly mean: number; readonly low: number; readonly high: number }) {
  return `${value.toFixed(5)} (${low.toFixed(5)} to ${high.toFixed(5)})`;
}
