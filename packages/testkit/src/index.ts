export { describeEmbedder, type EmbedderConformance } from "./conformance/describe-embedder.ts";
export {
  describeVectorIndex,
  type VectorIndexConformance,
  type VectorIndexUnderTest,
  vectorIndexCollections,
} from "./conformance/describe-vector-index.ts";
export { type AttoUsd, billOf, type FakePrices, nanoUsdCeiling } from "./fake-provider/fake-bill.ts";
export type { FakeAnswer, FakeFault, FakeRequest, FakeUsage } from "./fake-provider/fake-wire.ts";
export {
  type FakeModel,
  type FakeOutcome,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeRecord,
  startFakeProvider,
} from "./fake-provider/start-fake-provider.ts";
export { addOf, asLabel, clusteredVectors, cosine, deleteOf, seededRandom, VectorModel } from "./vector-model.ts";
