/** What Larder's own pipelines are compared with. */
const baselineIds = ["bm25-only", "naive-rag", "random", "oracle"] as const;

export type BaselineId = (typeof baselineIds)[number];

export function isBaseline(pipeline: string): boolean {
  return baselineIds.some((id) => id === pipeline);
}
