import type { Call, KnowledgeBaseStore, Ledger, Receipt, ReceiptId, RetrievalQuery, Turn } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { GradedReplay, RetrievedHits } from "@larder/receipts";
import { gradeReplay, sha256Hex } from "@larder/receipts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { retrievalRecordOf, toReceiptHit } from "./receipt-of.ts";
import { retrieveWithRoot } from "./retrieve-with-root.ts";
import { settingsHashOf } from "./settings-of-answers.ts";

export interface ReplayPorts
  extends Pick<
    AnsweringPorts,
    "retriever" | "indexRoots" | "embedder" | "tokenCounter" | "settings" | "furtherSettings"
  > {
  readonly ledger: Pick<Ledger, "receipt">;
  readonly knowledgeBases: Pick<KnowledgeBaseStore, "knowledgeBase">;
}

/** What the receipt may not have kept. Ignored where it has. */
export interface ReplayWords {
  readonly question?: string;
  readonly history?: readonly Turn[];
}

/** Something that results depend on, and that is not as it was. */
export interface ReplayDifference {
  readonly what: "index_root" | "embedder" | "settings" | "query_vector" | "degraded";
  /** Absent: not recorded, or none. */
  readonly recorded?: string;
  readonly replayed?: string;
}

export interface Replay extends GradedReplay {
  readonly receiptId: ReceiptId;
  readonly differences: readonly ReplayDifference[];
}

export type ReplayReceipt = (id: ReceiptId, words: ReplayWords, call: Call) => Promise<Replay>;

/**
 * Makes the retrieval of a receipt again, with the same request on the knowledge base of now, and says how well it was
 * repeated and what differs. Nothing is generated, sent or written.
 *
 * Rejects with {@link LarderError} `RECEIPT_NOT_FOUND`, `KNOWLEDGE_BASE_NOT_FOUND`, `REPLAY_IMPOSSIBLE`,
 * `REPLAY_QUESTION_MISSING`, `REPLAY_QUESTION_DIFFERS`.
 */
export function createReplayReceipt(ports: ReplayPorts): ReplayReceipt {
  return async (id, words, call) => {
    const receipt = await ports.ledger.receipt(id, call);
    const query = queryAgain(receipt, words);
    const { embedderId = ports.embedder.id } = await ports.knowledgeBases.knowledgeBase(query.knowledgeBaseId, call);
    const searched = await retrieveWithRoot(ports, query, call);
    const record = retrievalRecordOf(searched);
    if (record.searchedTextSha256 !== receipt.retrieval?.searchedTextSha256) {
      throw new LarderError("REPLAY_QUESTION_DIFFERS", { details: { receipt_id: id } });
    }
    const now: Receipt = {
      ...receipt,
      embedderId: searched.retrieval.embedderId ?? embedderId,
      retrieval: record,
      settingsSha256: settingsHashOf(ports),
      hits: searched.retrieval.evidence.map(toReceiptHit),
    };
    return {
      receiptId: id,
      ...gradeReplay(toRetrievedHits(receipt), toRetrievedHits(now)),
      differences: differencesOf(receipt, now),
    };
  };
}

function queryAgain(receipt: Receipt, words: ReplayWords): RetrievalQuery {
  const { id, knowledgeBaseId, retrieval, hits, questionSha256, holdout } = receipt;
  const details = { receipt_id: id };
  const isStuffed = holdout?.taken === "stuffed"; // its hits are the whole knowledge base and no search's
  if (retrieval === undefined || isStuffed || hits.some(({ passageIds }) => passageIds === undefined)) {
    throw new LarderError("REPLAY_IMPOSSIBLE", { details });
  }
  const text = receipt.question ?? words.question;
  const history = (receipt.question === undefined ? words.history : receipt.history) ?? [];
  if (text === undefined || (retrieval.historyTurns > 0 && history.length === 0)) {
    throw new LarderError("REPLAY_QUESTION_MISSING", { details });
  }
  if (sha256Hex(text) !== questionSha256 || history.length !== retrieval.historyTurns) {
    throw new LarderError("REPLAY_QUESTION_DIFFERS", { details });
  }
  const { mode, limit, tokenBudget, filter } = retrieval;
  return {
    ...{ knowledgeBaseId, text, history, mode, limit },
    ...(tokenBudget === undefined ? {} : { tokenBudget }),
    ...(filter === undefined ? {} : { filter }),
  };
}

/** A root that changed during the search is the root of nothing that was searched. */
function toRetrievedHits({ hits, retrieval, embedderId }: Receipt): RetrievedHits {
  const { indexRoot, indexRootAfter, queryVectorSha256 } = retrieval ?? {};
  return {
    hits: hits.map((hit) => ({ ...hit, passageIds: hit.passageIds ?? [hit.passageId] })),
    ...(indexRoot === undefined || indexRootAfter !== undefined ? {} : { indexRoot }),
    embedderId,
    ...(queryVectorSha256 === undefined ? {} : { queryVectorSha256 }),
  };
}

function differencesOf(before: Receipt, now: Receipt): readonly ReplayDifference[] {
  const facts = (receipt: Receipt): Readonly<Record<ReplayDifference["what"], string | undefined>> => ({
    index_root: receipt.retrieval?.indexRootAfter ?? receipt.retrieval?.indexRoot,
    embedder: receipt.embedderId,
    settings: receipt.settingsSha256,
    query_vector: receipt.retrieval?.queryVectorSha256,
    degraded: receipt.retrieval?.degraded.join("; ") || undefined,
  });
  const [recorded, replayed] = [facts(before), facts(now)];
  return (Object.keys(recorded) as ReplayDifference["what"][])
    .filter((what) => recorded[what] !== replayed[what])
    .map((what) => ({
      what,
      ...(recorded[what] !== undefined && { recorded: recorded[what] }),
      ...(replayed[what] !== undefined && { replayed: replayed[what] }),
    }));
}
