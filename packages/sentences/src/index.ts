export { type Span, sentenceSpans } from "./sentence-spans.ts";
