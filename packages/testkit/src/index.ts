export { type BlobStoreUnderTest, describeBlobStore } from "./conformance/describe-blob-store.ts";
export { type BudgetStoreUnderTest, describeBudgets } from "./conformance/describe-budgets.ts";
export { describeCallIntents, type IntentsUnderTest } from "./conformance/describe-call-intents.ts";
export { describeDocumentStore } from "./conformance/describe-document-store.ts";
export { describeEmbedder, type EmbedderConformance } from "./conformance/describe-embedder.ts";
export { describeGenerator } from "./conformance/describe-generator.ts";
export { describeIdempotencyStore, type IdempotencyStoreUnderTest } from "./conformance/describe-idempotency-store.ts";
export { describeLanguageDetector } from "./conformance/describe-language-detector.ts";
export { describeLedger } from "./conformance/describe-ledger.ts";
export { describeLexicalIndex, type LexicalIndexUnderTest } from "./conformance/describe-lexical-index.ts";
export { describePastQuestions, type PastQuestionsUnderTest } from "./conformance/describe-past-questions.ts";
export { describePriceBook } from "./conformance/describe-price-book.ts";
export { describeReranker } from "./conformance/describe-reranker.ts";
export {
  describeFeedbackStore,
  describeRoutingRecord,
  type FeedbackStoreUnderTest,
  type RoutingRecordUnderTest,
} from "./conformance/describe-routing-record.ts";
export { describeSentenceReader, type SentenceReaderUnderTest } from "./conformance/describe-sentence-reader.ts";
export { describeTokenMatcher, matchOf } from "./conformance/describe-token-matcher.ts";
export {
  describeVectorIndex,
  type VectorIndexConformance,
  type VectorIndexUnderTest,
  vectorIndexCollections,
} from "./conformance/describe-vector-index.ts";
export type { DocumentStoreUnderTest } from "./conformance/document-store/document-store-under-test.ts";
export { createCountingIds } from "./counting-ids.ts";
export { evidenceOf } from "./evidence-fixture.ts";
export { expectSoundDocument, expectSoundPassages } from "./expect-sound.ts";
export { type AttoUsd, billOf, type FakePrices, nanoUsdCeiling } from "./fake-provider/fake-bill.ts";
export type {
  FakeAnswer,
  FakeEvents,
  FakeFault,
  FakeRequest,
  FakeToolCall,
  FakeUsage,
} from "./fake-provider/fake-wire.ts";
export {
  type FakeModel,
  type FakeOutcome,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeRecord,
  startFakeProvider,
} from "./fake-provider/start-fake-provider.ts";
export { fixedRetriever } from "./fixed-retriever.ts";
export { type HostileFile, hostileFiles } from "./hostile-files.ts";
export { type Hosted, killHost, killUntilSettled } from "./kill-host.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export { matchesFilter } from "./matches-filter.ts";
export { encodePairGraph, type PairGraph } from "./pair-graph.ts";
export { realClock } from "./real-clock.ts";
export { receiptOf } from "./receipt-fixture.ts";
export { sharedMiniLm } from "./shared-models.ts";
export {
  addReady,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  ofDocuments,
  sha256Of,
  testCall,
  uploadOf,
} from "./store-fixtures.ts";
export { unavailableEmbedder } from "./unavailable-embedder.ts";
export { addOf, asLabel, clusteredVectors, cosine, deleteOf, seededRandom, VectorModel } from "./vector-model.ts";
export { writeCompoundFile } from "./write-compound-file.ts";
export { assemblePdf, type PdfTextLine, type WritePdfOptions, writePdf } from "./write-pdf.ts";
export { paxRecord, type TarEntryToWrite, writeTar } from "./write-tar.ts";
export { writeZip, type ZipEntryToWrite } from "./write-zip.ts";
