export { fencedSpans, isInside } from "./fenced-spans.ts";
export { sentenceSpans } from "./sentence-spans.ts";
export type { Span } from "./span.ts";
