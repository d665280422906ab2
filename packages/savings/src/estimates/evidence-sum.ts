import type { EvidenceSent, Receipt } from "@larder/contracts";

/** Evidence as often as it was sent, and each piece once. */
export class EvidenceSum {
  readonly #seen = new Set<string>();
  #answers = 0;
  #sentTokens = 0;
  #uniqueTokens = 0;

  /** Nothing of an answer that no model wrote, for nothing was sent; nothing of one whose pieces have no counts. */
  add({ basis, knowledgeBaseId, hits, route }: Receipt): void {
    const isSent = basis === "generated" || route.attempts.some(({ billed }) => billed !== "no");
    if (!isSent || hits.length === 0 || hits.some(({ tokens }) => tokens === undefined)) return;
    this.#answers += 1;
    for (const { textSha256, tokens = 0 } of hits) {
      this.#sentTokens += tokens;
      const key = `${knowledgeBaseId}\n${textSha256}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#uniqueTokens += tokens;
    }
  }

  total(): EvidenceSent {
    return { answers: this.#answers, sentTokens: this.#sentTokens, uniqueTokens: this.#uniqueTokens };
  }
}
