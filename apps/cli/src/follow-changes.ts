import { lstat } from "node:fs/promises";
import { sep } from "node:path";
import { LarderError } from "@larder/contracts";
import type { Connection } from "./connection.ts";
import { fileItem } from "./file-item.ts";
import type { FoundFile } from "./find-files.ts";
import { nameBelow } from "./find-files.ts";
import { deleteExternalId } from "./folder-documents.ts";
import type { IngestItem } from "./ingest-items.ts";
import { ingestItems } from "./ingest-items.ts";
import type { IngestOutcome } from "./ingest-outcome.ts";

interface Sent {
  readonly documentId: string | undefined;
  readonly name: string;
}

export interface FollowParts {
  readonly connection: Connection;
  readonly knowledgeBaseId: string;
  readonly roots: readonly string[];
  readonly onOutcome: (outcome: IngestOutcome | { readonly name: string; readonly outcome: "removed" }) => void;
}

/**
 * Keeps a knowledge base as the files are. What is gone is deleted first, so that a file that was renamed is found under
 * its new name.
 */
export class FollowedFiles {
  readonly #parts: FollowParts;
  /** What was sent of each file, by external id; an archive has several. */
  readonly #sent = new Map<string, ReadonlyMap<string, Sent>>();

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  /** Remembers what became of a file. */
  remember(path: string, outcomes: readonly IngestOutcome[]): void {
    const sent = outcomes.flatMap(({ externalId, documentId, name }) =>
      externalId === undefined ? [] : [[externalId, { documentId, name }] as const],
    );
    if (sent.length > 0) this.#sent.set(path, new Map(sent));
  }

  async follow(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const files: FoundFile[] = [];
    for (const path of paths) {
      const file = await this.#find(path);
      if (file !== undefined) {
        files.push(file);
        continue;
      }
      await this.#requireRoot(path);
      await this.#forget(path, signal);
    }
    await this.#ingest(files, signal);
  }

  async #ingest(files: readonly FoundFile[], signal: AbortSignal): Promise<void> {
    const { connection, knowledgeBaseId, onOutcome } = this.#parts;
    const items = new Map<IngestItem, FoundFile>(files.map((file) => [fileItem(file), file]));
    const left = new Map<string, string>();
    const onItem = (item: IngestItem, outcomes: readonly IngestOutcome[]): void => {
      const path = items.get(item)?.path ?? "";
      const before = this.#sent.get(path) ?? new Map<string, Sent>();
      this.remember(path, outcomes);
      for (const one of outcomes) onOutcome(this.#told(one, path, before));
      for (const [id, { name }] of before) if (this.#sent.get(path)?.has(id) !== true) left.set(id, name);
    };
    await ingestItems(connection, knowledgeBaseId, [...items.keys()], onItem, signal);
    for (const [id, name] of left) {
      await deleteExternalId(connection, knowledgeBaseId, id, signal); // no longer in an archive
      onOutcome({ name, outcome: "removed" });
    }
  }

  /** Deletes what was sent of a file that is gone. */
  async #forget(path: string, signal: AbortSignal): Promise<void> {
    const { connection, knowledgeBaseId, onOutcome } = this.#parts;
    const sent = this.#sent.get(path);
    if (sent === undefined) return; // never added, or gone again before it was
    this.#sent.delete(path);
    for (const id of sent.keys()) await deleteExternalId(connection, knowledgeBaseId, id, signal);
    onOutcome({ name: this.#name(path), outcome: "removed" });
  }

  /** What became of the file, where the server knows of documents only. */
  #told(one: IngestOutcome, path: string, before: ReadonlyMap<string, Sent>): IngestOutcome {
    const { externalId = "", documentId } = one;
    const former = before.get(externalId);
    if (one.outcome === "added" && former !== undefined) return { ...one, outcome: "changed" }; // it had shared a document
    if (one.outcome !== "unchanged" || documentId === undefined || former?.documentId === documentId) return one;
    const sameBytesAs = this.#nameOf(documentId, path);
    return sameBytesAs === undefined ? one : { ...one, outcome: "duplicate", sameBytesAs };
  }

  /** Another file that became this document. */
  #nameOf(documentId: string, except: string): string | undefined {
    const others = [...this.#sent].flatMap(([path, sent]) => (path === except ? [] : [...sent.values()]));
    return others.find((other) => other.documentId === documentId)?.name;
  }

  /**
   * A folder that is gone as a whole was moved, or its disk is not there: that says nothing of its files.
   * @throws {@link LarderError} `FILE_NOT_FOUND`
   */
  async #requireRoot(path: string): Promise<void> {
    const root = this.#parts.roots.find((one) => path === one || path.startsWith(one + sep));
    if (root === undefined || this.#sent.has(root)) return; // a file that was named itself
    const isThere = await lstat(root).then(
      () => true,
      () => false,
    );
    if (!isThere) throw new LarderError("FILE_NOT_FOUND", { details: { path: root } });
  }

  async #find(path: string): Promise<FoundFile | undefined> {
    const info = await lstat(path).catch(() => undefined);
    return info?.isFile() === true ? { path, name: this.#name(path), bytes: info.size } : undefined;
  }

  #name(path: string): string {
    return nameBelow(path, this.#parts.roots.find((root) => path === root || path.startsWith(root + sep)) ?? path);
  }
}
