/** Work that goes on though the request which began it is over; closing waits for its end. */
export interface LastingWork extends AsyncDisposable {
  add(work: Promise<void>): void;
}

export function createLastingWork(): LastingWork {
  const running = new Set<Promise<void>>();
  return {
    add(work) {
      running.add(work);
      const forget = () => void running.delete(work);
      work.then(forget, forget);
    },
    async [Symbol.asyncDispose]() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** Runs `source` to its end whether or not anybody reads, and gives what came to the one who does. Holds all of it. */
export function runToEnd<T>(source: AsyncIterable<T>, lasting: Pick<LastingWork, "add">): AsyncIterable<T> {
  const came: T[] = [];
  let end: { readonly thrown?: unknown } | undefined;
  let wake = () => {};
  const run = async () => {
    try {
      for await (const item of source) {
        came.push(item);
        wake();
      }
      end = {};
    } catch (thrown) {
      end = { thrown }; // rethrown to the reader, if there still is one
    }
    wake();
  };
  lasting.add(run());
  return {
    async *[Symbol.asyncIterator]() {
      for (let i = 0; ; ) {
        const item = came[i];
        if (item !== undefined) {
          i += 1;
          yield item;
        } else if (end !== undefined) {
          if ("thrown" in end) throw end.thrown;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
