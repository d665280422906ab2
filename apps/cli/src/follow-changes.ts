import { lstat } from "node:fs/promises";
import { sep } from "node:path";
import { LarderError } from "@larder/contracts";
import type { Connection } from "./connection.ts";
import { fileItem } from "./file-item.ts";
import type { FoundFile } from "./find-files.ts";
import { nameBelow } from "./find-files.ts";
import { deleteDocument } from "./folder-documents.ts";
import type { IngestItem } from "./ingest-items.ts";
import { ingestItems } from "./ingest-items.ts";
import type { IngestOutcome } from "./ingest-outcome.ts";

export interface FollowParts {
  readonly connection: Connection;
  readonly knowledgeBaseId: string;
  readonly roots: readonly string[];
  readonly onOutcome: (outcome: IngestOutcome | { readonly name: string; readonly outcome: "removed" }) => void;
}

/**
 * Keeps a knowledge base as the files are. What is gone is deleted first, so that a file that was renamed is found under
 * its new name; files with the same bytes are one document, so whoever shared one that was deleted or has changed is
 * added again.
 */
export class FollowedFiles {
  readonly #parts: FollowParts;
  /** Documents by the path of their file, each with the name that it came under; an archive has several. */
  readonly #documents = new Map<string, ReadonlyMap<string, string>>();

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  /** Remembers what became of a file. */
  remember(path: string, outcomes: readonly IngestOutcome[]): void {
    const named = outcomes.flatMap(({ documentId: id, name }) => (id === undefined ? [] : [[id, name] as const]));
    if (named.length > 0) this.#documents.set(path, new Map(named));
  }

  async follow(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const files = new Map<string, FoundFile>();
    for (const path of paths) {
      const file = await this.#find(path);
      if (file === undefined) await this.#requireRoot(path);
      if (file !== undefined) files.set(path, file);
      else for (const sharing of await this.#forget(path, signal)) await this.#addTo(files, sharing);
    }
    for (let todo = [...files.values()]; todo.length > 0; ) {
      const again = new Map<string, FoundFile>();
      for (const path of await this.#ingest(todo, new Set(paths), signal)) await this.#addTo(again, path);
      todo = [...again.values()];
    }
  }

  /** Gives the paths whose documents have other bytes now, because they shared them with what has changed. */
  async #ingest(
    files: readonly FoundFile[],
    changed: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { connection, knowledgeBaseId, onOutcome } = this.#parts;
    const items = new Map<IngestItem, FoundFile>(files.map((file) => [fileItem(file), file]));
    const sharing = new Set<string>();
    const left = new Map<string, string>();
    const onItem = (item: IngestItem, outcomes: readonly IngestOutcome[]): void => {
      const path = items.get(item)?.path ?? "";
      const before = this.#documents.get(path) ?? new Map<string, string>();
      this.remember(path, outcomes);
      const isAlone = outcomes.length === 1 && before.size === 1;
      for (const one of outcomes) {
        onOutcome(changed.has(path) ? this.#told(one, path, before, isAlone) : asUnchanged(one));
        if (one.outcome === "added" || one.outcome === "changed")
          for (const other of this.#holders(one.documentId, path)) sharing.add(other);
      }
      const now = this.#documents.get(path);
      for (const [id, name] of before) {
        if (now?.has(id) !== true && this.#holders(id, path).length === 0) left.set(id, name);
      }
    };
    await ingestItems(connection, knowledgeBaseId, [...items.keys()], onItem, signal);
    for (const [id, name] of left) {
      await deleteDocument(connection, knowledgeBaseId, id, signal); // no longer in an archive, or of former bytes
      if (!this.#isNamed(name)) onOutcome({ name, outcome: "removed" });
    }
    return [...sharing];
  }

  /** Deletes the documents of a file that is gone, and gives the paths that held them as well. */
  async #forget(path: string, signal: AbortSignal): Promise<readonly string[]> {
    const { connection, knowledgeBaseId, onOutcome } = this.#parts;
    const ids = this.#documents.get(path);
    if (ids === undefined) return []; // never added, or gone again before it was
    this.#documents.delete(path);
    for (const id of ids.keys()) await deleteDocument(connection, knowledgeBaseId, id, signal);
    onOutcome({ name: this.#name(path), outcome: "removed" });
    return [...ids.keys()].flatMap((id) => this.#holders(id, path));
  }

  /** What became of the file, where the server knows of documents only. */
  #told(one: IngestOutcome, path: string, before: ReadonlyMap<string, string>, isAlone: boolean): IngestOutcome {
    if (one.outcome === "added" && isAlone) return { ...one, outcome: "changed" }; // it had its former bytes with others
    if (one.outcome !== "unchanged" || one.documentId === undefined || before.has(one.documentId)) return one;
    const [other] = this.#holders(one.documentId, path);
    const sameBytesAs = other === undefined ? undefined : this.#documents.get(other)?.get(one.documentId);
    return sameBytesAs === undefined ? one : { ...one, outcome: "duplicate", sameBytesAs };
  }

  #isNamed(name: string): boolean {
    return [...this.#documents.values()].some((named) => [...named.values()].includes(name));
  }

  #holders(id: string | undefined, except: string): readonly string[] {
    if (id === undefined) return [];
    return [...this.#documents].filter(([path, ids]) => path !== except && ids.has(id)).map(([path]) => path);
  }

  async #addTo(files: Map<string, FoundFile>, path: string): Promise<void> {
    const file = await this.#find(path);
    if (file !== undefined) files.set(path, file);
  }

  /**
   * A folder that is gone as a whole was moved, or its disk is not there: that says nothing of its files.
   * @throws {@link LarderError} `FILE_NOT_FOUND`
   */
  async #requireRoot(path: string): Promise<void> {
    const root = this.#parts.roots.find((one) => path === one || path.startsWith(one + sep));
    if (root === undefined || this.#documents.has(root)) return; // a file that was named itself
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

/** Of a file that was added again because another one took the document that both had: the file is what it was. */
function asUnchanged(one: IngestOutcome): IngestOutcome {
  return one.outcome === "failed" ? one : { ...one, outcome: "unchanged" };
}
