/** What tests start from, without vitest: for the processes that they start. */
export { createCountingIds } from "./counting-ids.ts";
export { realClock } from "./real-clock.ts";
export { receiptOf } from "./receipt-fixture.ts";
export { addReady, finishedOf, sha256Of, testCall, uploadOf } from "./store-fixtures.ts";
