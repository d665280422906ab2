import { setMaxListeners } from "node:events";
import type { ChildProcess } from "@larder/child-process";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export interface ChildSlotsOptions {
  readonly children: number;
  readonly documentsPerChildMax: number;
  readonly open: () => ChildProcess;
}

interface Slot {
  child: ChildProcess | undefined;
  documents: number;
}

/** Documents by which a caller is to blame: the child that found it is as good as before. */
function isVerdict(thrown: unknown): boolean {
  return LarderError.is(thrown) && (/^(?:ARCHIVE|DOCUMENT)_/u.test(thrown.code) || thrown.code === "FILE_NOT_FOUND");
}

/** A fixed number of warm children, one document at a time in each; those who wait are served in order. */
export class ChildSlots {
  readonly #options: ChildSlotsOptions;
  readonly #idle: Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  readonly #closing = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  readonly #running = new Set<Slot>();

  constructor(options: ChildSlotsOptions) {
    this.#options = options;
    this.#idle = Array.from({ length: Math.max(1, options.children) }, () => ({ child: undefined, documents: 0 }));
  }

  async run<T>(work: (child: ChildProcess) => Promise<T>, call: Call): Promise<T> {
    call.signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const slot = await this.#take(call);
    if (this.#closed.signal.aborted) throw this.#closed.signal.reason;
    this.#running.add(slot);
    slot.child ??= this.#options.open();
    slot.documents += 1;
    try {
      const result = await work(slot.child);
      if (slot.documents >= this.#options.documentsPerChildMax) this.#retire(slot);
      return result;
    } catch (thrown) {
      if (!isVerdict(thrown) || slot.documents >= this.#options.documentsPerChildMax) this.#retire(slot);
      throw thrown;
    } finally {
      this.#running.delete(slot);
      this.#give(slot);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new LarderError("PARSER_CRASHED", { details: { isClosed: true } }));
    for (const slot of [...this.#idle, ...this.#running]) this.#retire(slot);
    await Promise.all(this.#closing);
  }

  #take(call: Call): Promise<Slot> {
    const idle = this.#idle.pop(); // the one used last is the warmest
    if (idle !== undefined) return Promise.resolve(idle);
    return new Promise((resolve, reject) => {
      const stop = (reason: unknown): void => {
        const place = this.#waiting.indexOf(take);
        if (place >= 0) this.#waiting.splice(place, 1);
        forget();
        reject(reason);
      };
      const onAbort = (): void => stop(call.signal.reason);
      const onClose = (): void => stop(this.#closed.signal.reason);
      const forget = (): void => {
        call.signal.removeEventListener("abort", onAbort);
        this.#closed.signal.removeEventListener("abort", onClose);
      };
      const take = (slot: Slot): void => {
        forget();
        resolve(slot);
      };
      setMaxListeners(0, call.signal, this.#closed.signal); // each document that waits listens; Node would see a leak
      call.signal.addEventListener("abort", onAbort, { once: true });
      this.#closed.signal.addEventListener("abort", onClose, { once: true });
      this.#waiting.push(take);
    });
  }

  #give(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(slot);
    else next(slot);
  }

  /** Ends the slot's child, whatever it is doing; the next document opens another. */
  #retire(slot: Slot): void {
    const child = slot.child;
    slot.child = undefined;
    slot.documents = 0;
    if (child === undefined) return;
    child.kill(this.#closed.signal.aborted ? this.#closed.signal.reason : new LarderError("PARSER_CRASHED"));
    const closing = child.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
