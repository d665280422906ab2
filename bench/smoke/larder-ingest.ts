/** Ingests texts through Larder's routes and prints one JSON line. Arguments: data folder, count, embedding model. */
import { join } from "node:path";
import { openInProcess } from "@larder/api";
import { createKnowledgeBase, ingest, withFolder } from "./larder-parts.ts";
import { copyPinned } from "./pinned-models.ts";
import { readTexts } from "./texts.ts";

const [dataFolder = "", count = "0", model = "larder-embed-v1"] = process.argv.slice(2);
const texts = await readTexts(dataFolder, Number(count));

await withFolder(async (folder) => {
  const models = join(folder, "models");
  const { fetch, close } = await openInProcess({
    LARDER_DATA_DIR: join(folder, "data"),
    LARDER_OFFLINE: "1",
    LARDER_EMBEDDING_MODEL: model,
    ...(model === "larder-embed-v1"
      ? {}
      : { LARDER_MODELS_DIR: await copyPinned(join(dataFolder, "models"), model, models) }),
  });
  const fetchPath = async (path: string, init?: RequestInit) =>
    fetch(new Request(new URL(path, "http://localhost"), init));
  const knowledgeBase = await createKnowledgeBase(fetchPath, "bench");
  await ingest(fetchPath, knowledgeBase, [{ title: "warm-up", text: "The first document starts the parser." }]);
  const startMs = performance.now();
  const passages = (await ingest(fetchPath, knowledgeBase, texts)) - 1;
  const seconds = (performance.now() - startMs) / 1_000;
  await close();
  process.stdout.write(`${JSON.stringify({ passages, seconds, characters: charactersOf() })}\n`);
});

function charactersOf(): number {
  return texts.reduce((sum, { title, text }) => sum + title.length + text.length, 0);
}
