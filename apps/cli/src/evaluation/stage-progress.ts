import { startProgress } from "../render/progress.ts";

/** Tells people what is being done: a bar on a terminal, else one line when a stage ends. Always on stderr. */
export interface StageProgress {
  during<T>(stage: string, total: number, act: (step: () => void) => Promise<T>): Promise<T>;
}

export function createStageProgress(stream: NodeJS.WriteStream, nowMs: () => number): StageProgress {
  return {
    async during(stage, total, act) {
      const startMs = nowMs();
      const bar = startProgress(total, stream.isTTY);
      try {
        return await act(() => bar.step(stage));
      } finally {
        bar.stop();
        if (!stream.isTTY) stream.write(`${stage}: ${total} in ${((nowMs() - startMs) / 1_000).toFixed(1)} s\n`);
      }
    },
  };
}
