/** Times searches of LangChain.js over 10,000 vectors and prints one JSON line. Arguments: data folder, questions. */
import { join } from "node:path";
import { env } from "@huggingface/transformers";
import { HuggingFaceTransformersEmbeddings } from "@langchain/community/embeddings/huggingface_transformers";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { readQuestions, readTexts } from "./texts.ts";
import { timesOf } from "./times.ts";

const [dataFolder = "", questionCount = "0", passageCount = "10000"] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = `${join(dataFolder, "models")}/`;
const embeddings = new HuggingFaceTransformersEmbeddings({
  model: "Xenova/all-MiniLM-L6-v2",
  pretrainedOptions: { dtype: "q8" } as object, // passed on to transformers.js, which the type does not know
});

// Embedding 10,000 texts would take minutes and search does not depend on it: vectors of a tenth of them, varied.
const texts = await readTexts(dataFolder, 200);
const seeds = await embeddings.embedDocuments(texts.map(({ text }) => text.slice(0, 800)));
let state = 1;
const noise = (): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (state / 0x7fffffff - 0.5) * 0.1;
};
const vectors = Array.from({ length: Number(passageCount) }, (_, i) =>
  (seeds[i % seeds.length] ?? []).map((x) => x + noise()),
);
const store = new HNSWLib(embeddings, { space: "cosine" });
await store.addVectors(
  vectors,
  vectors.map((_, i) => ({ pageContent: texts[i % texts.length]?.text ?? "", metadata: { i } })),
);
const questions = await readQuestions(dataFolder, Number(questionCount));
const times = await timesOf(questions, async (question) => void (await store.similaritySearch(question, 10)));
process.stdout.write(`${JSON.stringify({ passages: vectors.length, ...times })}\n`);
