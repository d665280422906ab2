import { Presets, SingleBar } from "cli-progress";

/** Shows how far long work is: a bar on a terminal, nothing where programs read. */
export interface Progress {
  step(label: string): void;
  stop(): void;
}

export function startProgress(total: number, isShown: boolean): Progress {
  if (!isShown || total === 0) return { step: () => undefined, stop: () => undefined };
  const format = "{bar} {value}/{total} · {eta_formatted} left · {label}";
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { label: "" });
  return {
    step: (label) => bar.increment(1, { label: label.slice(-40) }),
    stop: () => bar.stop(),
  };
}
