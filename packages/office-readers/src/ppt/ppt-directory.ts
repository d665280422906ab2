import { LarderError } from "@larder/contracts";
import type { PptRecord } from "./ppt-records.ts";
import { malformedPpt, pptMediaType, readRecord } from "./ppt-records.ts";

const userEditType = 0x0ff5;
const directoryType = 0x1772;
const encryptedToken = 0xf3d1c4df;
/** Saves that were appended to the file; each names the one before. */
const editsMax = 10_000;

/** Where the newest version of each object is: what was saved quickly is appended, and the old left in the file. */
export class PptDirectory {
  readonly #stream: Buffer;
  readonly #offsets = new Map<number, number>();
  readonly #documentId: number;

  /** @throws {@link LarderError} `DOCUMENT_ENCRYPTED`, `DOCUMENT_MALFORMED` */
  constructor(stream: Buffer, currentUser: Buffer) {
    this.#stream = stream;
    if (currentUser.length < 20) throw malformedPpt("current_user");
    if (currentUser.readUInt32LE(12) === encryptedToken) {
      throw new LarderError("DOCUMENT_ENCRYPTED", { details: { mediaType: pptMediaType } });
    }
    let at = currentUser.readUInt32LE(16);
    let documentId: number | undefined;
    for (let edits = 0; at !== 0; edits += 1) {
      const edit = readRecord(stream, at).content;
      if (edits >= editsMax || readRecord(stream, at).type !== userEditType || edit.length < 20)
        throw malformedPpt("edit");
      documentId ??= edit.readUInt32LE(16);
      this.#addObjects(readRecord(stream, edit.readUInt32LE(12)));
      const before = edit.readUInt32LE(8);
      if (before >= at) throw malformedPpt("edit"); // saves are appended, so the one before stands before
      at = before;
    }
    this.#documentId = documentId ?? 0;
  }

  get document(): PptRecord {
    const record = this.find(this.#documentId);
    if (record === undefined) throw malformedPpt("document");
    return record;
  }

  find(id: number): PptRecord | undefined {
    const at = this.#offsets.get(id);
    return at === undefined ? undefined : readRecord(this.#stream, at);
  }

  /** Runs of objects: the first one's number and how many, then an offset for each. */
  #addObjects({ type, content }: PptRecord): void {
    if (type !== directoryType) throw malformedPpt("directory");
    for (let at = 0; at + 4 <= content.length; ) {
      const head = content.readUInt32LE(at);
      const count = head >>> 20;
      for (let i = 0; i < count && at + 8 + 4 * i <= content.length; i += 1) {
        const id = (head & 0xfffff) + i;
        if (!this.#offsets.has(id)) this.#offsets.set(id, content.readUInt32LE(at + 4 + 4 * i));
      }
      at += 4 + 4 * count;
    }
  }
}
