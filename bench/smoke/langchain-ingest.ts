/** Ingests the same texts through LangChain.js and prints one JSON line. Arguments: data folder, count. */
import { join } from "node:path";
import { env } from "@huggingface/transformers";
import { HuggingFaceTransformersEmbeddings } from "@langchain/community/embeddings/huggingface_transformers";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import { readTexts } from "./texts.ts";

const [dataFolder = "", count = "0"] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = `${join(dataFolder, "models")}/`;

const texts = await readTexts(dataFolder, Number(count));
const embeddings = new HuggingFaceTransformersEmbeddings({
  model: "Xenova/all-MiniLM-L6-v2",
  pretrainedOptions: { dtype: "q8" } as object, // passed on to transformers.js, which the type does not know
});
await embeddings.embedQuery("warm-up");
const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 800, chunkOverlap: 0 }); // near Larder's 200 tokens
const startMs = performance.now();
const documents = await splitter.createDocuments(texts.map(({ title, text }) => `${title}\n\n${text}`));
await HNSWLib.fromDocuments(documents, embeddings);
const seconds = (performance.now() - startMs) / 1_000;
const characters = texts.reduce((sum, { title, text }) => sum + title.length + text.length, 0);
process.stdout.write(`${JSON.stringify({ passages: documents.length, seconds, characters })}\n`);
