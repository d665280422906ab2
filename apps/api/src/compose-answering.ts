import { createAnswerQuestion, createProvePassage, createReplayReceipt } from "@larder/answering";
import type { Config } from "./config.ts";

type Answering = Parameters<typeof createAnswerQuestion>[0];
type Replaying = Parameters<typeof createReplayReceipt>[0];

export interface AnsweringParts
  extends Pick<
    Answering,
    | "retriever"
    | "embedder"
    | "tokenCounter"
    | "indexRoots"
    | "router"
    | "savings"
    | "arrivals"
    | "clock"
    | "ids"
    | "intents"
    | "memory"
    | "pastQuestions"
  > {
  readonly ledger: Answering["ledger"] & Replaying["ledger"];
  readonly documents: Answering["passages"] &
    Answering["documents"] &
    Answering["knowledgeBases"] &
    NonNullable<Answering["holdout"]>["documents"];
  readonly exactVectorsMax: number | undefined;
}

/** The answer to a question and the replay of its receipt, which search alike under the same settings. */
export function composeAnswering(
  { holdoutShare, pastQuestionsMax: _kept, ...settings }: Config["answering"],
  parts: AnsweringParts,
) {
  const { retriever, embedder, tokenCounter, ledger, indexRoots, documents, exactVectorsMax, ...asking } = parts;
  const searching = {
    ...{ retriever, embedder, tokenCounter, ledger, indexRoots, settings },
    knowledgeBases: documents,
    furtherSettings: { exactVectorsMax: exactVectorsMax ?? "default" },
  };
  return {
    answerQuestion: createAnswerQuestion({
      ...searching,
      ...asking,
      ...{ documents, passages: documents },
      holdout: { share: holdoutShare, random: Math.random, documents },
    }),
    replayReceipt: createReplayReceipt(searching),
    provePassage: createProvePassage(searching),
  };
}
