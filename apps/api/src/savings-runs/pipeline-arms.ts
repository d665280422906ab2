import type { Call, Embedder, TokenCounter } from "@larder/contracts";
import type { Pipeline } from "@larder/evaluation";
import { cutWindows, naiveRagWindows, openNaiveRagPipeline, piecesOf } from "@larder/evaluation";
import type { Corpus, OfferedArm, RunArmId } from "@larder/savings-runs";

const piecesMax = 1_000; // the budget decides, not the number of pieces

/** A pipeline of the evaluation's as an arm of a run, so that the figures of both are the same. */
export function armOfPipeline(
  id: RunArmId,
  { documents }: Pick<Corpus, "documents">,
  pipelineFor: (call: Call) => Promise<Pipeline>,
): OfferedArm {
  const byId = new Map(documents.map((document) => [document.id, document]));
  return {
    id,
    async find({ id: queryId, text }, budget, call) {
      const pipeline = await pipelineFor(call);
      const limits = { pieces: piecesMax, ...(budget === undefined ? {} : { tokenBudget: budget }) };
      const found = await pipeline.retrieve({ id: queryId, text }, limits, call);
      const pieces = found.evidence.map(({ documentId, start, end }) => {
        const document = byId.get(documentId);
        return { documentId, start, end, title: document?.title ?? "", text: document?.text.slice(start, end) ?? "" };
      });
      return { pieces, tokens: found.tokens() };
    },
  };
}

/**
 * The field's default over the same documents: windows of 800 tokens that overlap by half, nearest vectors first. Its
 * index is made in memory by the local embedder when the arm is first asked, and goes with the run: about twice the
 * corpus is embedded.
 */
export function createNaiveRagArm(corpus: Corpus, embedder: Embedder, counter: TokenCounter): OfferedArm {
  const countTokens = (text: string): number => counter.count(text);
  let opened: Pipeline | undefined;
  return armOfPipeline("naive_rag", corpus, async (call) => {
    opened ??= await openNaiveRagPipeline(
      piecesOf(corpus.documents, (text) => cutWindows(text, countTokens, naiveRagWindows), countTokens),
      embedder,
      countTokens,
      call,
    );
    return opened;
  });
}
