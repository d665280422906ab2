/** What tests start from, without vitest: for the processes that they start. */
export { createCountingIds } from "./counting-ids.ts";
export { evidenceOf } from "./evidence-fixture.ts";
export { fixedRetriever } from "./fixed-retriever.ts";
export { realClock } from "./real-clock.ts";
export { receiptOf } from "./receipt-fixture.ts";
export { addReady, finishedOf, sha256Of, testCall, uploadOf } from "./store-fixtures.ts";
export { unavailableEmbedder } from "./unavailable-embedder.ts";
