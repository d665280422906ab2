import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openOnnxEmbedder } from "@larder/embedder";
import { cutRecursively, readDataSet } from "@larder/evaluation";

export interface RealEmbeddings {
  readonly embedder: string;
  readonly dimensions: number;
  /** Row by row, no row twice; passages of one document stand beside each other. */
  readonly passages: Float32Array;
  /** Number of each passage's document. */
  readonly documents: Uint32Array;
  readonly questions: Float32Array;
}

const cacheFolder = fileURLToPath(new URL("../.cache/index", import.meta.url));
const charactersMax = 1_000; // about the 200 tokens that Larder's own passages are packed to
const textsPerCall = 512;
const call = { signal: new AbortController().signal };

/**
 * Passages and questions of all evaluation sets below the folder, embedded by the carried model. Embedding takes about a
 * minute; the numbers are kept in bench/.cache by the hash of texts and model.
 */
export async function readRealEmbeddings(evaluationFolder: string): Promise<RealEmbeddings> {
  const { passages, documents, questions } = await readTexts(evaluationFolder);
  await using embedder = await openOnnxEmbedder();
  const { id, dimensions } = embedder;
  async function embed(texts: readonly string[], lane: "bulk" | "query"): Promise<Float32Array> {
    const hash = createHash("sha256")
      .update(JSON.stringify([id, lane, texts]))
      .digest("hex");
    const file = join(cacheFolder, `${hash.slice(0, 32)}.f32`);
    if (existsSync(file)) return new Float32Array(new Uint8Array(readFileSync(file)).buffer);
    const rows = new Float32Array(texts.length * dimensions);
    for (let i = 0; i < texts.length; i += textsPerCall) {
      rows.set(await embedder.embed(texts.slice(i, i + textsPerCall), lane, call), i * dimensions);
      process.stderr.write(`embedded ${Math.min(i + textsPerCall, texts.length)} of ${texts.length}\n`);
    }
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(`${file}.part`, new Uint8Array(rows.buffer));
    renameSync(`${file}.part`, file);
    return rows;
  }
  const rows = await embed(passages, "bulk");
  const kept = differentRows(rows, dimensions);
  return {
    embedder: id,
    dimensions,
    passages: Float32Array.from({ length: kept.length * dimensions }, (_, i) => {
      return rows[(kept[Math.floor(i / dimensions)] ?? 0) * dimensions + (i % dimensions)] ?? 0;
    }),
    documents: Uint32Array.from(kept, (row) => documents[row] ?? 0),
    questions: await embed(questions, "query"),
  };
}

async function readTexts(folder: string) {
  const passages: string[] = [];
  const documents: number[] = [];
  const questions: string[] = [];
  let document = 0;
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "corpus.jsonl.gz")));
  for (const name of names.toSorted()) {
    const set = await readDataSet(folder, name);
    for (const { text } of set.documents) {
      for (const { start, end } of cutRecursively(text, charactersMax)) {
        passages.push(text.slice(start, end));
        documents.push(document);
      }
      document += 1;
    }
    questions.push(...set.queries.map((query) => query.text));
  }
  return { passages, documents, questions };
}

/** Equal vectors have no order among each other, so recall could not be told. */
function differentRows(rows: Float32Array, dimensions: number): readonly number[] {
  const seen = new Set<string>();
  const kept: number[] = [];
  const bytes = Buffer.from(rows.buffer);
  for (let i = 0; i * dimensions < rows.length; i++) {
    const key = bytes.toString("latin1", i * dimensions * 4, (i + 1) * dimensions * 4);
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(i);
  }
  return kept;
}
