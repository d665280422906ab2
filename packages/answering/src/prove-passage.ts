import type { Call, IndexRoots, Ledger, PassageId, PassageProof, Receipt, ReceiptId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export interface ProvedPassage extends PassageProof {
  readonly receiptId: ReceiptId;
  /** Of the knowledge base when the receipt's search began; absent where none was recorded. */
  readonly receiptRoot?: string;
  /** `root` is one that the receipt names: the passage stood there, with this text, when the question was asked. */
  readonly isOfReceipt: boolean;
}

export type ProvePassage = (id: ReceiptId, passageId: PassageId, call: Call) => Promise<ProvedPassage>;

/**
 * That a passage of a receipt's evidence belongs to what the knowledge base's root covers. A proof can only be of the root
 * of now; as long as no document came or went since, that is the receipt's.
 *
 * Rejects with {@link LarderError} `RECEIPT_NOT_FOUND`, `RECEIPT_DAMAGED`, `PASSAGE_NOT_IN_RECEIPT`, `PASSAGE_GONE`.
 */
export function createProvePassage(ports: {
  readonly ledger: Pick<Ledger, "receipt">;
  readonly indexRoots: Pick<IndexRoots, "prove">;
}): ProvePassage {
  return async (id, passageId, call) => {
    const receipt = await ports.ledger.receipt(id, call);
    const details = { receipt_id: id };
    if (!isNamedBy(receipt, passageId)) throw new LarderError("PASSAGE_NOT_IN_RECEIPT", { details });
    const proof = await ports.indexRoots.prove(receipt.knowledgeBaseId, passageId, call);
    if (proof === undefined) throw new LarderError("PASSAGE_GONE", { details });
    const { indexRoot, indexRootAfter } = receipt.retrieval ?? {};
    return {
      ...proof,
      receiptId: id,
      ...(indexRoot !== undefined && { receiptRoot: indexRoot }),
      isOfReceipt: proof.root === indexRoot || proof.root === indexRootAfter,
    };
  };
}

function isNamedBy({ hits }: Receipt, passageId: PassageId): boolean {
  return hits.some((hit) => hit.passageId === passageId || hit.passageIds?.includes(passageId) === true);
}
