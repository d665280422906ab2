import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Candidate, DataSet, JudgedList } from "@larder/evaluation";
import { clusterOf, toJudgedList } from "@larder/evaluation";
import type { JudgedSentence, SentenceFeatures } from "@larder/retriever";
import type { EvaluationBench } from "../evaluation-bench.ts";
import { addDocuments } from "../evaluation-bench.ts";
import type { KnowledgeBaseOfSet } from "../knowledge-base-of-set.ts";

/** In the order of the rows of a {@link JudgedList}. */
export const featureNames = [
  "passage",
  "neighbour",
  "own",
  "window",
] as const satisfies readonly (keyof SentenceFeatures)[];

/** A set's questions with every sentence that the retriever would choose from. */
export interface JudgedSet {
  readonly name: string;
  /** One a question. */
  readonly lists: readonly JudgedList[];
  /** The document that each question's gold lies in. */
  readonly clusters: readonly string[];
}

/** @throws {@link LarderError} `DATA_SET_INVALID` for a set without long documents and gold spans */
export async function judgeSet(bench: EvaluationBench, set: DataSet, call: Call): Promise<JudgedSet> {
  if (set.kind !== "spans") {
    const problem = "it has no long documents with gold spans, so that no sentence is known to be evidence";
    throw new LarderError("DATA_SET_INVALID", { details: { set: set.name, file: "gold.jsonl.gz", problem } });
  }
  const base = await addDocuments(bench, set, call);
  const retriever = bench.larder.retrieverWith({});
  const lists: JudgedList[] = [];
  await bench.progress.during(`${set.name}: sentences`, set.queries.length, async (step) => {
    for (const { id, text } of set.queries) {
      const query = { knowledgeBaseId: base.knowledgeBaseId, text, mode: "hybrid", limit: 1 } as const;
      const judged = await retriever.judge(query, call);
      lists.push(
        toJudgedList(
          judged.flatMap((sentence) => toCandidates(sentence, base)),
          set.gold.get(id) ?? [],
        ),
      );
      step();
    }
  });
  return { name: set.name, lists, clusters: set.queries.map((query) => clusterOf(set, query)) };
}

/** None for a document that the set does not hold. */
function toCandidates(
  { passage: { passage }, sentence, features }: JudgedSentence,
  { setIds }: KnowledgeBaseOfSet,
): readonly Candidate[] {
  const [documentId] = setIds.get(passage.documentId) ?? [];
  if (documentId === undefined) return [];
  const range = { documentId, start: passage.start + sentence.start, end: passage.start + sentence.end };
  return [{ range, tokens: sentence.tokens, features: featureNames.map((name) => features[name]) }];
}
