import { Presets, SingleBar } from "cli-progress";

/** Shows how far long work is: a bar on a terminal, nothing where programs read. */
export interface Progress {
  step(label: string): void;
  /** Idempotent. */
  stop(): void;
}

export function startProgress(total: number, isShown: boolean): Progress {
  if (!isShown || total === 0) return { step: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: "{bar} {value}/{total}{left} · {label}",
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  const startMs = performance.now();
  let done = 0;
  bar.start(total, 0, { label: "", left: "" });
  return {
    step(label) {
      done += 1;
      bar.increment(1, { label: label.slice(-40), left: timeLeft(performance.now() - startMs, done, total) });
    },
    stop: () => bar.stop(),
  };
}

/** At the pace so far; nothing when that is less than a second, which would read as done. */
export function timeLeft(elapsedMs: number, done: number, total: number): string {
  const seconds = Math.round(((elapsedMs / done) * (total - done)) / 1_000);
  if (seconds < 1) return "";
  return seconds < 60 ? ` · ${seconds} s left` : ` · ${Math.ceil(seconds / 60)} min left`;
}
