/** Opens the database of the folder given first, retrieves for the questions given then, and prints what was found. */
import type { RetrievalQuery } from "@larder/contracts";
import { openParts } from "./open-parts.ts";

const [folder = "", ...questions] = process.argv.slice(2);
const call = { signal: new AbortController().signal };
const parts = await openParts(folder);
const [knowledgeBase] = (await parts.store.documents.knowledgeBases({ limit: 1 }, call)).data;
if (knowledgeBase === undefined) throw new Error("no knowledge base");
const common = { knowledgeBaseId: knowledgeBase.id, mode: "hybrid", limit: 20 } as const;
const found: Record<string, unknown> = {};
for (const text of questions) {
  const queries: RetrievalQuery[] = [
    { ...common, text },
    { ...common, text, tokenBudget: "auto" },
    { ...common, text, tokenBudget: 120 },
  ];
  for (const query of queries) {
    const { timingsMs: _, ...retrieval } = await parts.retriever().retrieve(query, call);
    found[`${text} ${query.tokenBudget ?? "whole"}`] = retrieval;
  }
}
process.stdout.write(JSON.stringify(found));
await parts.close();
