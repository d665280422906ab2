import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RetrievalQuery } from "@larder/contracts";
import { createKnowledgeBaseIn } from "@larder/testkit";
import { openParts } from "./open-parts.ts";

/** A knowledge base of two documents: a car manual, and kitchen rules that were stored without their sentences. */
export async function openManuals() {
  const folder = await mkdtemp(join(tmpdir(), "larder-retriever-"));
  const parts = await openParts(folder);
  const knowledgeBaseId = await createKnowledgeBaseIn(parts.store.documents);
  const carManual = await parts.add(knowledgeBaseId, "Car manual", [
    "Change the oil of the car every 15,000 kilometres.",
    "The tyre pressure is printed inside the fuel flap.",
    "Only a workshop may replace the airbag module XK-17.",
  ]);
  const kitchenRules = ["Olive oil goes rancid in the light.", "Flour wants a dry place."];
  const kitchen = await parts.add(knowledgeBaseId, "Kitchen", kitchenRules, { hasSentences: false });

  /** Without a budget: whole passages. */
  const askWhole = (text: string, change: Partial<RetrievalQuery> = {}): RetrievalQuery => ({
    knowledgeBaseId,
    text,
    mode: "hybrid",
    limit: 10,
    ...change,
  });
  return {
    ...{ parts, knowledgeBaseId, carManual, kitchen, askWhole },
    retriever: parts.retriever,
    /** With a budget: sentences. */
    ask: (text: string, change: Partial<RetrievalQuery> = {}) => askWhole(text, { tokenBudget: 2_000, ...change }),
    async close() {
      await parts.close();
      await rm(folder, { recursive: true });
    },
  };
}
