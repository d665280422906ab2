import { resolve } from "node:path";
import type { CommandContext } from "./command-context.ts";
import type { Connection } from "./connection.ts";
import type { FollowParts } from "./follow-changes.ts";
import { FollowedFiles } from "./follow-changes.ts";
import type { IngestOutcome } from "./ingest-outcome.ts";
import { renderDocumentError } from "./render/facts.ts";

export interface Watching extends AsyncDisposable {
  /** What became of a file before its changes are followed; of no file: nothing to remember. */
  remember(path: string | undefined, outcomes: readonly IngestOutcome[]): void;
  /** Follows what has changed since the watching began, until the signal is aborted: that is how it ends, in order. */
  follow(signal: AbortSignal): Promise<void>;
}

/** Watches from now on, and prints a line for each document: text for people, JSON for programs. */
export async function watchAndFollow(
  target: { readonly connection: Connection; readonly knowledgeBaseId: string },
  paths: readonly string[],
  { options, print }: CommandContext,
): Promise<Watching> {
  const { watchFolders } = await import("./watch-folders.ts"); // no other command needs it
  const roots = paths.map((path) => resolve(path));
  const watched = await watchFolders(roots);
  const onOutcome: FollowParts["onOutcome"] = (one) => print(options.json ? toJson(one) : toLine(one));
  const files = new FollowedFiles({ ...target, roots, onOutcome });
  return {
    remember(path, outcomes) {
      if (path !== undefined) files.remember(path, outcomes);
    },
    async follow(signal) {
      if (!options.json) print("watching; Ctrl-C ends it");
      try {
        for await (const changed of watched.changes(signal)) await files.follow(changed, signal);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    },
    [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose](),
  };
}

type Followed = Parameters<FollowParts["onOutcome"]>[0];

function toLine(one: Followed): string {
  if (one.outcome === "removed") return `removed ${one.name}`;
  if (one.outcome === "duplicate") return `same bytes ${one.name}: as ${one.sameBytesAs}`;
  const error = one.error === undefined ? "" : `: ${renderDocumentError(one.error)}`;
  return `${one.outcome} ${one.name}${error}${one.isLive === true ? " (the version before is still found)" : ""}`;
}

function toJson(one: Followed): string {
  const { documentId = null, error = null, sameBytesAs = null, isLive } = one.outcome === "removed" ? {} : one;
  return JSON.stringify({
    ...{ path: one.name, outcome: one.outcome, document_id: documentId, same_bytes_as: sameBytesAs, error },
    ...(one.outcome === "failed" ? { is_live: isLive ?? false } : {}),
  });
}
