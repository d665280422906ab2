/** Runs tasks one after the other, in the order in which they were given. A task that fails does not stop the next. */
export class WriterQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
