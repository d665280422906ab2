import { startProgress } from "../render/progress.ts";

/** Tells people what is being done, on stderr: a bar on a terminal; elsewhere a line now and then and at the end. */
export interface StageProgress {
  during<T>(stage: string, total: number, act: (step: () => void) => Promise<T>): Promise<T>;
}

const lineEveryMs = 30_000;

export function createStageProgress(stream: NodeJS.WriteStream, nowMs: () => number): StageProgress {
  return {
    async during(stage, total, act) {
      const startMs = nowMs();
      const tell = (done: number): boolean =>
        !stream.isTTY && stream.write(`${stage}: ${done} of ${total}, ${((nowMs() - startMs) / 1_000).toFixed(1)} s\n`);
      const bar = startProgress(total, stream.isTTY);
      let done = 0;
      let toldMs = startMs;
      try {
        return await act(() => {
          done += 1;
          bar.step(stage);
          if (nowMs() - toldMs < lineEveryMs) return;
          toldMs = nowMs();
          tell(done);
        });
      } finally {
        bar.stop();
        tell(done);
      }
    },
  };
}
