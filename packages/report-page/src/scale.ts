/** Places a value between 0 and 1; values outside of the range lie outside of it. */
export interface Scale {
  share(value: number): number;
  /** Where a line helps the eye: a few round values inside the range, ascending. */
  readonly ticks: readonly number[];
}

/** Logarithmic; both bounds above 0. Ticks at 1, 2 and 5 times the powers of ten. */
export function logScale(least: number, greatest: number): Scale {
  const from = Math.log(least);
  const range = Math.max(Math.log(greatest) - from, Number.EPSILON);
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(least)); power <= greatest; power *= 10) {
    for (const step of [1, 2, 5]) {
      const tick = step * power;
      if (tick >= least * (1 - 1e-9) && tick <= greatest * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return { share: (value) => (Math.log(value) - from) / range, ticks };
}

const smallest = 1e-12; // below it, steps cannot be told apart

/** Linear, widened to round bounds; ticks at steps of 1, 2 or 5 times a power of ten, at most about six. */
export function linearScale(least: number, greatest: number): Scale {
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const isSpread = greatest - least > Math.max(1e-9 * size, smallest);
  const span = isSpread ? greatest - least : size > smallest ? size : 1; // a single value has room around it
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const from = Math.floor(least / step) * step;
  const count = Math.max(1, Math.ceil((greatest - from) / step - 1e-9));
  const to = from + count * step;
  return {
    share: (value) => (value - from) / (to - from),
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toPrecision(12))),
  };
}

/** Short and readable: 0.05, 512, 4.1k, 200k, 1M. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trim(value / 1e6)}M`;
  if (size >= 1_000) return `${trim(value / 1_000)}k`;
  return size === 0 || size >= 1 ? trim(value) : String(Number(value.toPrecision(2)));
}

function trim(value: number): string {
  return String(Number(value.toFixed(1)));
}
