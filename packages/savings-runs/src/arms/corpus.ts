import { createHash } from "node:crypto";
import type { Call, DocumentReader, KnowledgeBaseId, StoredPassage } from "@larder/contracts";

/** A document as a prompt could carry it, and as search sees it. */
export interface CorpusDocument {
  readonly id: string;
  readonly title: string;
  /** Other names that a question set may call it by. */
  readonly names: readonly string[];
  readonly text: string;
  readonly tokens: number;
  readonly passages: readonly Pick<StoredPassage, "start" | "end" | "text" | "tokens" | "headings">[];
}

export interface Corpus {
  readonly name: string;
  /** In the order in which they were added. */
  readonly documents: readonly CorpusDocument[];
  readonly tokens: number;
  /** Of every title and text: another state of the knowledge base is another run. */
  readonly sha256: string;
}

const pageSize = 200;

/** Everything that is ready in a knowledge base, held in memory for as long as the run takes. */
export async function readCorpus(
  store: Pick<DocumentReader, "documents" | "text" | "passages">,
  base: { readonly id: KnowledgeBaseId; readonly name: string },
  call: Call,
): Promise<Corpus> {
  const documents: CorpusDocument[] = [];
  const hash = createHash("sha256");
  let cursor: string | undefined;
  do {
    const page = await store.documents(base.id, { limit: pageSize, status: "ready", ...at(cursor) }, call);
    for (const document of page.data) {
      const { text } = await store.text(base.id, document.id, call);
      const passages = await allPassages(store, base.id, document.id, call);
      const names = [...document.externalIds, ...(document.fileName === undefined ? [] : [document.fileName])];
      hash.update(JSON.stringify([document.title, text]));
      documents.push({
        ...{ id: document.id, title: document.title, names, text, passages },
        tokens: document.counts.tokens,
      });
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const tokens = documents.reduce((sum, document) => sum + document.tokens, 0);
  return { name: base.name, documents, tokens, sha256: hash.digest("hex") };
}

async function allPassages(
  store: Pick<DocumentReader, "passages">,
  base: KnowledgeBaseId,
  document: Parameters<DocumentReader["passages"]>[1],
  call: Call,
): Promise<readonly StoredPassage[]> {
  const passages: StoredPassage[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.passages(base, document, { limit: pageSize, ...at(cursor) }, call);
    passages.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return passages;
}

function at(cursor: string | undefined): { readonly cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}

/** The one document of this name; `undefined` when there is none, or several share it. */
export function documentFinder(corpus: Corpus) {
  const byName = new Map<string, CorpusDocument | undefined>();
  for (const document of corpus.documents) {
    for (const name of new Set([document.id, document.title, ...document.names])) {
      byName.set(name, byName.has(name) ? undefined : document);
    }
  }
  return (name: string) => {
    const document = byName.get(name);
    return document === undefined ? undefined : { id: document.id, characters: document.text.length };
  };
}
