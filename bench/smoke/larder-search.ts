/**
 * Times searches over 10,000 passages, and questions answered by a provider that answers at once, through a real server
 * on loopback. Prints one JSON line. Arguments: data folder, questions.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runServer } from "@larder/api";
import { startFakeProvider } from "@larder/testkit/fake-provider";
import type { Fetch } from "./larder-parts.ts";
import { createKnowledgeBase, ingest, jsonPost, withFolder } from "./larder-parts.ts";
import { readQuestions, readTexts } from "./texts.ts";
import { timesOf } from "./times.ts";

const [dataFolder = "", questionCount = "0"] = process.argv.slice(2);
const passagesWanted = 10_000;

await withFolder(async (folder) => {
  await using provider = await startFakeProvider({ models: [{ id: "instant" }] });
  const providersFile = join(folder, "providers.json");
  const model = { id: "instant", context_tokens: 128_000, max_output_tokens: 8_192 };
  const prices = { price_usd_per_mtok: { input: "0.10", output: "0.40" }, capabilities: [], quality: 0.6 };
  const entry = { id: "fake", base_url: provider.url, local: false, models: [{ ...model, ...prices }] };
  await writeFile(providersFile, JSON.stringify({ providers: [entry] }));
  const server = await runServer({
    LARDER_DATA_DIR: join(folder, "data"),
    LARDER_PORT: "0",
    LARDER_LOG_LEVEL: "silent",
    LARDER_PROVIDERS_FILE: providersFile,
  });
  const fetchPath: Fetch = (path, init) => fetch(new URL(path, server.url), init);
  const knowledgeBase = await createKnowledgeBase(fetchPath, "bench");
  let passages = 0;
  const texts = await readTexts(dataFolder, passagesWanted);
  for (let i = 0; passages < passagesWanted && i < texts.length; i += 500) {
    passages = await ingest(fetchPath, knowledgeBase, texts.slice(i, i + 500));
  }
  const questions = await readQuestions(dataFolder, Number(questionCount));
  const base = `/v1/knowledge-bases/${knowledgeBase}`;
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetchPath(path, jsonPost(body));
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  };
  const search = await timesOf(questions, (query) => post(`${base}/search`, { query, limit: 10 }));
  const query = await timesOf(questions, (question) => post(`${base}/query`, { question }));
  const direct = await timesOf(questions, async (question) => {
    const messages = [{ role: "user", content: question }];
    const stream_options = { include_usage: true };
    const body = jsonPost({ model: "instant", messages, stream: true, stream_options });
    await (await fetch(`${provider.url}/chat/completions`, body)).arrayBuffer();
  });
  await server.close();
  process.stdout.write(`${JSON.stringify({ passages, search, query, direct })}\n`);
});
