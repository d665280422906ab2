import { resolve } from "node:path";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { fileItem } from "../file-item.ts";
import type { AddressOptions, FoundAddresses } from "../find-addresses.ts";
import { addressItem, findAddresses, leftOutInWords, noAddresses } from "../find-addresses.ts";
import { findFiles } from "../find-files.ts";
import { deleteExternalId, idsOfGoneFiles } from "../folder-documents.ts";
import type { IngestItem } from "../ingest-items.ts";
import type { IngestOutcome } from "../ingest-outcome.ts";
import { ingestWithProgress, tallyInWords, tallyOf } from "../ingest-with-progress.ts";
import { defaultKnowledgeBase, ensureKnowledgeBase } from "../knowledge-base.ts";
import { renderDocumentError } from "../render/facts.ts";
import { exitCodes } from "../render/problem.ts";
import { count, counted } from "../render/words.ts";
import { watchAndFollow } from "../watch-and-follow.ts";

export interface IngestOptions extends AddressOptions {
  /** Go on with what changes, until the signal is aborted. */
  readonly watch?: boolean;
  /** Delete the documents of files that are gone. */
  readonly delete?: boolean;
}

/** `larder ingest [paths…]`: adds files, folders and addresses; what has not changed is not read again. */
export async function ingest(paths: readonly string[], given: IngestOptions, context: CommandContext): Promise<number> {
  const { signal, options } = context;
  const hasAddresses = given.url !== undefined || given.urls !== undefined || given.sitemap !== undefined;
  const isFollowing = given.watch === true && paths.length > 0;
  if (paths.length > 0 || !hasAddresses) await findFiles(paths, { mayBeNone: isFollowing }); // before anything opens
  await using connection = await context.connect();
  const name = options.kb ?? defaultKnowledgeBase;
  const { id: knowledgeBaseId } = await ensureKnowledgeBase(connection, name, signal);
  const target = { connection, knowledgeBaseId };
  await using watched = isFollowing ? await watchAndFollow(target, paths, context) : undefined; // misses nothing of what follows
  const files = paths.length === 0 ? [] : await findFiles(paths, { mayBeNone: isFollowing });
  const gone = await handleGone(target, paths, new Set(files.map(({ path }) => path)), given, signal);
  const fileItems = new Map<IngestItem, string>(files.map((file) => [fileItem(file), file.path]));
  const found = hasAddresses ? await findAddresses(connection, given, signal) : noAddresses;
  const outcomes = await ingestWithProgress({
    ...target,
    items: [...fileItems.keys(), ...found.addresses.map(addressItem)],
    hasBar: context.isTerminal && !options.json,
    signal,
    onItem: (item, itsOutcomes) => watched?.remember(fileItems.get(item), itsOutcomes),
  });
  const notes = notesOf(gone, given, found);
  printOutcomes({ name, knowledgeBaseId, outcomes, gone: gone.length, found, notes }, context);
  if (watched !== undefined) await watched.follow(signal);
  return watched === undefined && outcomes.some(({ outcome }) => outcome === "failed")
    ? exitCodes.incomplete
    : exitCodes.ok;
}

interface Target {
  readonly connection: Connection;
  readonly knowledgeBaseId: string;
}

/** Before files are added: one that was renamed is then found under its new name. */
async function handleGone(
  { connection, knowledgeBaseId }: Target,
  paths: readonly string[],
  present: ReadonlySet<string>,
  given: IngestOptions,
  signal: AbortSignal,
) {
  if (paths.length === 0 || (given.watch !== true && given.delete !== true)) return [];
  const roots = paths.map((path) => resolve(path));
  const gone = await idsOfGoneFiles(connection, knowledgeBaseId, { roots, paths: present }, signal);
  if (given.delete === true) for (const id of gone) await deleteExternalId(connection, knowledgeBaseId, id, signal);
  return gone;
}

function notesOf(gone: readonly unknown[], given: IngestOptions, found: FoundAddresses): readonly string[] {
  const documents = counted(gone.length, "document");
  const ofGone =
    given.delete === true
      ? `${documents} of files that are gone deleted`
      : `${documents} of files that are gone; --delete deletes them`;
  return [
    ...(gone.length === 0 ? [] : [ofGone]),
    ...leftOutInWords(found),
    ...(found.isCut ? [`only the first ${count(given.maxPages)} pages were taken; --max-pages takes more`] : []),
  ];
}

interface Report {
  readonly name: string;
  readonly knowledgeBaseId: string;
  readonly outcomes: readonly IngestOutcome[];
  readonly gone: number;
  readonly found: FoundAddresses;
  readonly notes: readonly string[];
}

function printOutcomes(report: Report, { options, print }: CommandContext): void {
  const { name, knowledgeBaseId, outcomes, gone, found, notes } = report;
  const summary = tallyOf(outcomes);
  if (options.json) {
    const rows = outcomes.map((one) => ({
      path: one.name,
      outcome: one.outcome,
      document_id: one.documentId ?? null,
      same_bytes_as: one.sameBytesAs ?? null,
      error: one.error ?? null,
      ...(one.outcome === "failed" ? { is_live: one.isLive ?? false } : {}),
      duplicate_of: one.made?.duplicate_of ?? null,
      counts: one.made?.counts ?? null,
      timings_ms: one.made?.timings_ms ?? null,
    }));
    const { isCut: is_cut, leftOut: left_out, leftOutReasons: left_out_reasons } = found;
    const addresses = { is_cut, left_out, left_out_reasons };
    print(JSON.stringify({ knowledge_base_id: knowledgeBaseId, ...summary, gone, ...addresses, files: rows }));
    return;
  }
  print(`${pc.bold(name)}: ${tallyInWords(summary)}`);
  for (const note of notes) print(`  ${note}`);
  for (const { name: file, error, made, sameBytesAs, isLive } of outcomes) {
    if (sameBytesAs !== undefined) print(`  ${pc.dim("same bytes")} ${file}: as ${sameBytesAs}`);
    else if (made?.duplicate_of) print(`  ${pc.dim("same text")} ${file}: as ${made.duplicate_of}`);
    if (error !== undefined) print(`  ${pc.red("failed")} ${file}: ${renderDocumentError(error)}`);
    if (isLive === true) print(`    ${pc.dim("the version before is still found")}`);
  }
}
