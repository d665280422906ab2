import type { Call } from "./call.ts";
import type { KnowledgeBaseId } from "./ids.ts";
import type { LanguageCode } from "./language-detector.ts";
import type { Label } from "./vector-index.ts";

export interface LexicalEntry {
  readonly label: Label;
  /** The document's title. */
  readonly title: string;
  /** Heading path of the passage, outermost first, joined by a space. */
  readonly heading: string;
  readonly text: string;
  /** That the text is in. The index finds out for itself where it is absent. */
  readonly language?: LanguageCode;
}

export interface LexicalHit {
  readonly label: Label;
  /** BM25, greater is better, > 0; comparable within one call only. */
  readonly score: number;
}

export interface LexicalSearchOptions {
  readonly limit: number;
  readonly allowed?: ReadonlySet<Label>;
}

/** Words to passages: the reading side. */
export interface LexicalSearcher {
  /**
   * At most `limit` hits, best first; ties go to the smaller label. Any text is a valid query: characters of a query
   * syntax mean nothing. A query without any term gives `[]`.
   */
  search(
    knowledgeBaseId: KnowledgeBaseId,
    query: string,
    options: LexicalSearchOptions,
    call: Call,
  ): Promise<readonly LexicalHit[]>;
}

/** Writing side. Entries of an existing label are replaced; an unknown label is removed without complaint. */
export interface LexicalIndex extends LexicalSearcher {
  add(knowledgeBaseId: KnowledgeBaseId, entries: readonly LexicalEntry[], call: Call): Promise<void>;
  remove(knowledgeBaseId: KnowledgeBaseId, labels: readonly Label[], call: Call): Promise<void>;
}
