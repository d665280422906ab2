import { setImmediate, setTimeout } from "node:timers/promises";
import type { Call, KnowledgeBaseId, Label, LanguageCode } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, asc, count, eq, gt, isNotNull, isNull, ne, or } from "drizzle-orm";
import { isLiveVersion } from "../live-version.ts";
import { documents, documentVersions, knowledgeBases, passages } from "../schema/index.ts";
import type { Queries } from "../sqlite-connection.ts";
import type { StoreContext } from "../store-context.ts";
import { holdLanguages } from "./held-languages.ts";
import { planLanguages } from "./plan-languages.ts";
import type { LabelledTerms } from "./terms-table.ts";

/** A transaction ends with the document that reaches this many passages; a longer document is one of its own. */
const passagesPerTransaction = 100; // about 30 ms of the write lock

/** Pause before another try while another process writes or the disk is full. */
const retryDelayMs = 1_000; // chosen arbitrarily

/**
 * Terms made by other rules than today's are made anew from the passages, document by document in the order of their
 * numbers. The place that was reached is written in the same transaction as the terms, so this goes on where it was
 * stopped, and several processes may do it at once. Meanwhile search finds what has been reached by the new rules and
 * of the rest whatever words the two rules treat alike; new documents are found as ever.
 *
 * Resolves when all terms are of today's rules. Rejects with `signal.reason` when aborted.
 */
export async function remakeTerms(context: StoreContext, call: Call): Promise<void> {
  for (;;) {
    try {
      if (!remakeSome(context, call)) return;
      await setImmediate(undefined, call); // whoever waits for this process comes first
    } catch (error) {
      if (!LarderError.is(error) || !error.retryable) throw error;
      await setTimeout(retryDelayMs, undefined, call);
    }
  }
}

/** Knowledge bases whose terms are not all of today's rules. */
export function countOutdated({ read, terms }: StoreContext, call: Call): number {
  return read(call, (queries) => {
    const row = queries.select({ outdated: count() }).from(knowledgeBases).where(isOutdated(terms.id)).get();
    return row?.outdated ?? 0;
  });
}

const isOutdated = (termsId: string) =>
  or(isNull(knowledgeBases.termsId), ne(knowledgeBases.termsId, termsId), isNotNull(knowledgeBases.remadeDocument));

interface Slice {
  readonly knowledgeBase: typeof knowledgeBases.$inferSelect;
  /** Number of the last document before this slice. */
  readonly after: number;
  readonly documents: readonly RemadeDocument[];
}

interface RemadeDocument {
  readonly number: number;
  readonly version: number;
  readonly passages: readonly RemadePassage[];
}

interface RemadePassage extends LabelledTerms {
  readonly language: LanguageCode | undefined;
  readonly formerLanguage: LanguageCode | null;
}

/** `false` when nothing was left to do. */
function remakeSome(context: StoreContext, call: Call): boolean {
  const slice = context.read(call, (queries) => readSlice(context, queries));
  if (slice === undefined) return false;
  context.write(call, (queries) => writeSlice(context, queries, slice));
  return true;
}

function readSlice({ terms }: StoreContext, queries: Queries): Slice | undefined {
  const knowledgeBase = queries
    .select()
    .from(knowledgeBases)
    .where(isOutdated(terms.id))
    .orderBy(asc(knowledgeBases.number))
    .limit(1)
    .get();
  if (knowledgeBase === undefined) return undefined;
  const after = knowledgeBase.termsId === terms.id ? (knowledgeBase.remadeDocument ?? 0) : 0;
  const found: RemadeDocument[] = [];
  let passageCount = 0;
  for (const document of liveDocuments(queries, knowledgeBase.id, after)) {
    const rows = passagesOf(queries, document);
    const languages = planLanguages(
      rows.map((row) => row.text),
      terms.detector,
    );
    const remade = rows.map(({ label, headings, text, formerLanguage }, i) => {
      const language = languages[i];
      const entry = { title: document.title, heading: headings.join(" "), text, language };
      return { label, language, formerLanguage, terms: terms.prepare(entry) };
    });
    found.push({ number: document.number, version: document.version, passages: remade });
    passageCount += rows.length;
    if (passageCount >= passagesPerTransaction) break;
  }
  return { knowledgeBase, after, documents: found };
}

function liveDocuments(queries: Queries, knowledgeBaseId: KnowledgeBaseId, after: number) {
  return queries
    .select({
      number: documents.number,
      id: documents.id,
      version: documents.liveVersion,
      title: documentVersions.title,
    })
    .from(documents)
    .innerJoin(documentVersions, isLiveVersion)
    .where(and(eq(documents.knowledgeBaseId, knowledgeBaseId), gt(documents.number, after)))
    .orderBy(asc(documents.number))
    .limit(passagesPerTransaction)
    .all();
}

function passagesOf(queries: Queries, { id, version }: ReturnType<typeof liveDocuments>[number]) {
  return queries
    .select({
      label: passages.label,
      headings: passages.headings,
      text: passages.text,
      formerLanguage: passages.language,
    })
    .from(passages)
    .where(and(eq(passages.documentId, id), eq(passages.version, version)))
    .orderBy(asc(passages.ordinal))
    .all();
}

/** Writes nothing where another process was first; leaves out documents that changed meanwhile, which are of today's. */
function writeSlice(
  { terms }: StoreContext,
  queries: Queries,
  { knowledgeBase, after, documents: found }: Slice,
): void {
  const { id, generation, termsId, remadeDocument } = knowledgeBase;
  const row = queries.select().from(knowledgeBases).where(eq(knowledgeBases.id, id)).get();
  if (row === undefined || row.termsId !== termsId || row.remadeDocument !== remadeDocument) return;
  if (row.generation !== generation) return;
  const current = found.filter((document) => isLive(queries, document));
  const remade = current.flatMap((document) => document.passages);
  terms.put(row, remade); // at once: each replacing has FTS5 write what it holds in memory
  for (const { label, language } of remade) setLanguage(queries, label, language);
  const languages = holdLanguages(
    row.languages,
    remade.map(({ language }) => language),
    remade.map(({ formerLanguage }) => formerLanguage),
  );
  const last = found.at(-1);
  const reached = last === undefined ? null : Math.max(after, last.number);
  queries
    .update(knowledgeBases)
    .set({ termsId: terms.id, remadeDocument: reached, languages })
    .where(eq(knowledgeBases.id, id))
    .run();
}

function isLive(queries: Queries, { number, version }: RemadeDocument): boolean {
  const row = queries
    .select({ version: documents.liveVersion })
    .from(documents)
    .where(eq(documents.number, number))
    .get();
  return row?.version === version;
}

function setLanguage(queries: Queries, label: Label, language: LanguageCode | undefined): void {
  queries
    .update(passages)
    .set({ language: language ?? null })
    .where(eq(passages.label, label))
    .run();
}
