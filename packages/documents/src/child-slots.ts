import { setMaxListeners } from "node:events";
import type { ChildProcess } from "@larder/child-process";
import type { Call, TaskPriority } from "@larder/contracts";
import { LarderError, mayBegin, taskPriorities } from "@larder/contracts";

export interface ChildSlotsOptions {
  /** At once, of a priority and those above it; what is of a lower one has its own. */
  readonly children: number;
  readonly documentsPerChildMax: number;
  /** Asked after each document: whether the child is to be replaced before the next one. @defaultValue never */
  readonly isWorn?: (child: ChildProcess, documents: number) => Promise<boolean>;
  readonly open: () => ChildProcess;
  /** How often children beyond `children` are closed that have nothing to do. @defaultValue 60000 */
  readonly spareMsMax?: number;
}

interface Slot {
  child: ChildProcess | undefined;
  documents: number;
}

interface Waiting {
  readonly priority: TaskPriority;
  readonly begin: () => void;
}

/** Documents by which a caller is to blame: the child that found it is as good as before. */
function isVerdict(thrown: unknown): boolean {
  return LarderError.is(thrown) && (/^(?:ARCHIVE|DOCUMENT)_/u.test(thrown.code) || thrown.code === "FILE_NOT_FOUND");
}

/**
 * Warm children, one document at a time in each. Those who wait are served by priority, then in order. Who is more urgent
 * than what keeps the children busy gets one more, which is closed when it is not needed any longer.
 */
export class ChildSlots {
  readonly #options: ChildSlotsOptions;
  readonly #children: number;
  readonly #idle: Slot[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #closing = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  readonly #running = new Map<Slot, TaskPriority>();
  #spareTimer: NodeJS.Timeout | undefined;

  constructor(options: ChildSlotsOptions) {
    this.#options = options;
    this.#children = Math.max(1, options.children);
  }

  async run<T>(work: (child: ChildProcess) => Promise<T>, call: Call, priority: TaskPriority = "normal"): Promise<T> {
    call.signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const slot = await this.#take(priority, call);
    try {
      this.#closed.signal.throwIfAborted();
      slot.child ??= this.#options.open();
      slot.documents += 1;
      const result = await work(slot.child);
      await this.#retireWorn(slot);
      return result;
    } catch (thrown) {
      if (isVerdict(thrown)) await this.#retireWorn(slot);
      else this.#retire(slot);
      throw thrown;
    } finally {
      this.#give(slot);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new LarderError("PARSER_CRASHED", { details: { isClosed: true } }));
    clearTimeout(this.#spareTimer);
    for (const slot of [...this.#idle, ...this.#running.keys()]) this.#retire(slot);
    await Promise.all(this.#closing);
  }

  /** The one used last is the warmest. */
  #begin(priority: TaskPriority): Slot {
    const slot = this.#idle.pop() ?? { child: undefined, documents: 0 };
    this.#running.set(slot, priority);
    return slot;
  }

  #mayBegin(priority: TaskPriority): boolean {
    return mayBegin(priority, this.#running.values(), this.#children);
  }

  #take(priority: TaskPriority, call: Call): Promise<Slot> {
    if (this.#mayBegin(priority)) return Promise.resolve(this.#begin(priority));
    return new Promise((resolve, reject) => {
      const stop = (reason: unknown): void => {
        const place = this.#waiting.indexOf(waiting);
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
      const begin = (): void => {
        forget();
        resolve(this.#begin(priority));
      };
      const waiting = { priority, begin };
      setMaxListeners(0, call.signal, this.#closed.signal); // each document that waits listens; Node would see a leak
      call.signal.addEventListener("abort", onAbort, { once: true });
      this.#closed.signal.addEventListener("abort", onClose, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #give(slot: Slot): void {
    this.#running.delete(slot);
    this.#idle.push(slot);
    for (const priority of taskPriorities) {
      while (this.#mayBegin(priority)) {
        const place = this.#waiting.findIndex((waiting) => waiting.priority === priority);
        const [next] = place < 0 ? [] : this.#waiting.splice(place, 1);
        if (next === undefined) break;
        next.begin();
      }
    }
    this.#closeSpareLater();
  }

  #closeSpareLater(): void {
    const isNoneSpare = this.#idle.length + this.#running.size <= this.#children;
    if (isNoneSpare || this.#spareTimer !== undefined || this.#closed.signal.aborted) return;
    this.#spareTimer = setTimeout(() => {
      this.#spareTimer = undefined;
      const spare = this.#idle.length + this.#running.size - this.#children;
      for (const slot of this.#idle.splice(0, Math.max(0, spare))) this.#retire(slot); // the coldest
      this.#closeSpareLater();
    }, this.#options.spareMsMax ?? 60_000);
    this.#spareTimer.unref();
  }

  async #retireWorn(slot: Slot): Promise<void> {
    const { documentsPerChildMax, isWorn } = this.#options;
    const { child, documents } = slot;
    if (documents >= documentsPerChildMax || (child && (await isWorn?.(child, documents)))) this.#retire(slot);
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
