import { existsSync } from "node:fs";
import { join } from "node:path";
import { readDataSet } from "@larder/evaluation";

export interface BenchText {
  readonly title: string;
  readonly text: string;
}

/** The first abstracts of the scifact set below the folder, in its order. */
export async function readTexts(dataFolder: string, count: number): Promise<readonly BenchText[]> {
  const folder = join(dataFolder, "eval");
  if (!existsSync(join(folder, "scifact")))
    throw new Error(`There is no eval/scifact below ${dataFolder}: name the folder with --data`);
  return (await readDataSet(folder, "scifact")).documents.slice(0, count);
}

export async function readQuestions(dataFolder: string, count: number): Promise<readonly string[]> {
  const { queries } = await readDataSet(join(dataFolder, "eval"), "scifact");
  return Array.from({ length: count }, (_, i) => queries[i % queries.length]?.text ?? "");
}
