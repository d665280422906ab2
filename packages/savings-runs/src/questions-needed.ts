import { nonInferiority } from "@larder/statistics";

/**
 * From how many questions on two arms that never differ are shown to be within a margin. Arms that differ now and then,
 * either way, take a multiple of it; one that is surely better takes fewer.
 */
export function questionsNeeded(margin: number, clusters: number): number {
  if (margin <= 0 || clusters < 2) return Number.POSITIVE_INFINITY;
  const values = Array.from({ length: clusters }, () => 0);
  const ofOneEach = values.map((_, i) => `d${i}`);
  const { lower } = nonInferiority({ values, clusters: ofOneEach }, margin, { resamples: 1 });
  const added = (clusters * -lower) / (1 + lower); // the bound is -added / (count + added)
  return Math.floor(added / margin - added) + 1;
}
