/** What comes after the loader is the same for both peers: LangChain's splitter, embedding class and vector store. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { env } from "@huggingface/transformers";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { HuggingFaceTransformersEmbeddings } from "@langchain/community/embeddings/huggingface_transformers";
import { Document } from "@langchain/core/documents";
import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import { measured } from "./ingest-result.ts";

/** The texts of a file. @throws whatever the library throws for a file that it cannot read */
export type LoadTexts = (file: string) => Promise<readonly string[]>;

/** Arguments of the process: folder of files, folder of models, model. */
export async function runPeer(load: LoadTexts): Promise<void> {
  const [source = "", models = "", model = ""] = process.argv.slice(2);
  env.allowRemoteModels = false;
  env.localModelPath = `${models}/`;
  const embeddings = new HuggingFaceTransformersEmbeddings({
    model,
    pretrainedOptions: { dtype: "q8" } as object, // passed on to transformers.js, which the type does not know
  });
  await embeddings.embedQuery("warm-up");
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 800, chunkOverlap: 0 }); // near Larder's 200 tokens
  const store = new MemoryVectorStore(embeddings);
  await measured(async () => {
    const failed: Record<string, string> = {};
    let passages = 0;
    let characters = 0;
    for (const name of (await readdir(source)).sort()) {
      try {
        const texts = (await load(join(source, name))).filter((text) => text.trim() !== "");
        if (texts.length === 0) throw new Error("no text");
        const chunks = await splitter.splitDocuments(
          texts.map((pageContent) => new Document({ pageContent, metadata: { source: name } })),
        );
        await store.addDocuments(chunks);
        passages += chunks.length;
        characters += texts.reduce((sum, { length }) => sum + length, 0);
      } catch (thrown) {
        failed[name] = String(thrown instanceof Error ? thrown.message : thrown).slice(0, 120);
      }
    }
    return { passages, characters, failed };
  });
  process.exit(0); // what the libraries keep open is theirs
}
