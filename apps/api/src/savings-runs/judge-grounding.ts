import { readSentences, verifyAnswer } from "@larder/answering";
import type { DocumentId, Embedder, Evidence, PassageId } from "@larder/contracts";
import type { JudgeGrounding } from "@larder/savings-runs";

/** The check that answers go through in production, over whatever an arm sent. Without evidence nothing is grounded. */
export function createGroundingJudge(embedder: Pick<Embedder, "embed" | "dimensions">): JudgeGrounding {
  return async (text, question, pieces, call) => {
    if (pieces.length === 0) return false;
    const evidence = pieces.map(({ documentId, title, start, end, text: piece }, index): Evidence => {
      const passageId = `psg_measured${String(index).padStart(10, "0")}` as PassageId;
      return {
        ...{ passageId, passageIds: [passageId], documentId: documentId as DocumentId, version: 1 },
        ...{ title, headings: [], start, end, text: piece, tokens: 0, score: 0, scores: {} },
      };
    });
    const { isSupported } = await verifyAnswer({ text, question, evidence: readSentences(evidence) }, embedder, call);
    return isSupported;
  };
}
