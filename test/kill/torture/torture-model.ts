import type { TortureClient } from "./torture-client.ts";
import type { TortureDocument } from "./torture-documents.ts";

/** One document as its sender knows it. */
export interface Tracked {
  /** Unknown until an upload of it was acknowledged. */
  id?: string;
  /**
   * What the server may hold of it; `undefined` is nothing at all. An acknowledgement leaves one; each request that got
   * no reply adds what it would have made.
   */
  allowed: readonly (TortureDocument | undefined)[];
  /** Versions before the present one: nothing of them may be found. */
  readonly retired: TortureDocument[];
}

/** What a sender may rely on, request by request, and what it therefore asks for next. */
export class TortureModel {
  readonly tracked: Tracked[] = [];
  readonly violations: string[] = [];
  acknowledged = 0;
  lost = 0;

  /** @param twice sends the same bytes on two connections at once */
  async add(client: TortureClient, document: TortureDocument, twice: boolean): Promise<Tracked> {
    const entry: Tracked = { allowed: [undefined], retired: [] };
    this.tracked.push(entry);
    await this.#upload(client, entry, document, twice);
    return entry;
  }

  /** The bytes that may be there already once more, as whoever got no reply sends them. */
  async addAgain(client: TortureClient, entry: Tracked): Promise<void> {
    const document = entry.allowed.find((each) => each !== undefined);
    if (document !== undefined) await this.#upload(client, entry, document, false);
  }

  async replace(client: TortureClient, entry: Tracked, document: TortureDocument): Promise<void> {
    if (entry.id === undefined) return;
    const { status } = await client.replace(entry.id, document);
    if (status === 202) {
      this.acknowledged += 1;
      this.#retire(entry, document);
      entry.allowed = [document];
    } else if (isOpen(status)) this.#leaveOpen(entry, document);
    else if (status !== 404 || !entry.allowed.includes(undefined)) this.#refused("PUT", status);
  }

  async remove(client: TortureClient, entry: Tracked): Promise<void> {
    if (entry.id === undefined) return;
    const { status } = await client.remove(entry.id);
    if (status === 204 || (status === 404 && entry.allowed.includes(undefined))) {
      this.acknowledged += 1;
      this.#retire(entry, undefined);
      entry.allowed = [undefined];
    } else if (isOpen(status)) this.#leaveOpen(entry, undefined);
    else this.#refused("DELETE", status);
  }

  /** After the backlog is worked off the server has said which of the allowed it is. */
  settle(entry: Tracked, sha256: string | undefined): void {
    const held = entry.allowed.find((each) => each?.sha256 === sha256);
    if (!entry.allowed.some((each) => each?.sha256 === sha256)) {
      const wanted = entry.allowed.map((each) => each?.name ?? "nothing").join(" or ");
      this.violations.push(`${entry.id ?? "a document"} should be ${wanted}, and is ${sha256 ?? "nothing"}`);
    }
    this.#retire(entry, held);
    entry.allowed = [held];
  }

  async #upload(client: TortureClient, entry: Tracked, document: TortureDocument, twice: boolean): Promise<void> {
    const replies = await Promise.all([client.add(document), ...(twice ? [client.add(document)] : [])]);
    for (const { status, documentId } of replies) {
      if (status === 202) {
        this.acknowledged += 1;
        if (entry.id !== undefined && entry.id !== documentId && entry.allowed.every((each) => each !== undefined)) {
          this.violations.push(`${document.name} is two documents: ${entry.id} and ${documentId}`);
        }
        if (documentId !== undefined) entry.id = documentId;
        entry.allowed = [document];
      } else if (!isOpen(status)) this.#refused("POST", status);
      else if (!entry.allowed.includes(document)) this.#leaveOpen(entry, document);
      else this.lost += 1;
    }
  }

  #leaveOpen(entry: Tracked, made: TortureDocument | undefined): void {
    this.lost += 1;
    if (!entry.allowed.includes(made)) entry.allowed = [...entry.allowed, made];
  }

  #retire(entry: Tracked, held: TortureDocument | undefined): void {
    for (const each of entry.allowed) if (each !== undefined && each !== held) entry.retired.push(each);
  }

  #refused(method: string, status: number | "lost"): void {
    this.violations.push(`${method} was answered with ${status}`);
  }
}

/** Whether the reply leaves open what was done. */
function isOpen(status: number | "lost"): boolean {
  return status === "lost" || status >= 500;
}
