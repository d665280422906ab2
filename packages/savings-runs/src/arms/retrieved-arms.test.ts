import type { KnowledgeBaseId, RankingRetriever } from "@larder/contracts";
import { expect, it } from "vitest";
import { createLarderArm } from "./retrieved-arms.ts";

const call = { signal: new AbortController().signal };
const timingsMs = { embed: 0, dense: 0, lexical: 0, lateInteraction: 0, link: 0, rerank: 0, pack: 2, total: 9 };

it("searches once for the budgets of a question, and counts the search to each", async () => {
  const searched: string[] = [];
  const retriever: RankingRetriever = {
    id: "counting",
    retrieve: () => Promise.reject(new Error("not asked for")),
    async rank({ text }) {
      searched.push(text);
      return {
        pack: ({ tokenBudget }) => {
          return { evidence: [], tokens: Number(tokenBudget), confidence: 1, degraded: [], timingsMs };
        },
      };
    },
  };
  const arm = createLarderArm(retriever, "kb" as KnowledgeBaseId);
  const find = (id: string, budget: number) =>
    arm.find({ id, text: `${id}?`, answers: [], gold: [], cluster: "d" }, budget, call);
  expect(await find("a", 256)).toEqual({ pieces: [], tokens: 256, sharedMs: 0 });
  expect(await find("a", 512)).toEqual({ pieces: [], tokens: 512, sharedMs: 7 });
  expect(await find("b", 256)).toMatchObject({ sharedMs: 0 });
  expect(searched).toEqual(["a?", "b?"]);
});
