import type { Label } from "@larder/contracts";

/** Labels, none twice. */
export type LabelList = readonly Label[] | Uint32Array;

/** By binary search: a set of a hundred thousand labels takes longer to fill than some hundred look-ups. */
export function membership(labels: LabelList): (label: Label) => boolean {
  const sorted = Uint32Array.from(labels);
  if (!isRising(sorted)) sorted.sort();
  return (label) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? 0) < label) low = middle + 1;
      else high = middle;
    }
    return sorted[low] === label;
  };
}

function isRising(labels: Uint32Array): boolean {
  for (let i = 1; i < labels.length; i++) if ((labels[i - 1] ?? 0) > (labels[i] ?? 0)) return false;
  return true;
}
