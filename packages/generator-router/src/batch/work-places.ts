/** A number of places; who finds none free waits for one, first come, first served. */
export interface WorkPlaces {
  /** Does the work in a place of its own, and leaves it however the work ends. */
  hold<T>(work: () => Promise<T>): Promise<T>;
}

export function createWorkPlaces(count: number): WorkPlaces {
  let free = count;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next(); // the place goes from hand to hand
  };
  return {
    async hold(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
