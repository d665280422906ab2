import type { Call, Question, Retrieval, RetrievalQuery } from "@larder/contracts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { answeringDefaults } from "./settings-of-answers.ts";

/** A retrieval with the state of what was searched. */
export interface RootedRetrieval {
  readonly query: RetrievalQuery;
  readonly retrieval: Retrieval;
  /** The knowledge base's root when the search began. */
  readonly indexRoot: string;
  /** When it ended. The same, unless documents came or went meanwhile. */
  readonly indexRootAfter: string;
}

type RootedPorts = Pick<AnsweringPorts, "retriever" | "indexRoots">;

/** What a question's evidence is searched with. */
export function queryOf(
  { knowledgeBaseId, text, history = [], tokenBudget, filter }: Question,
  evidenceMax: number = answeringDefaults.evidenceMax,
): RetrievalQuery {
  const query = { knowledgeBaseId, text, history, tokenBudget, limit: evidenceMax, mode: "hybrid" as const };
  return filter === undefined ? query : { ...query, filter };
}

export async function retrieveWithRoot(
  { retriever, indexRoots }: RootedPorts,
  query: RetrievalQuery,
  call: Call,
): Promise<RootedRetrieval> {
  const indexRoot = await indexRoots.indexRoot(query.knowledgeBaseId, call);
  const retrieval = await retriever.retrieve(query, call);
  return { query, retrieval, indexRoot, indexRootAfter: await indexRoots.indexRoot(query.knowledgeBaseId, call) };
}
