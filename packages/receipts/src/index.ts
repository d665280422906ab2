export { canonicalJson, sha256OfJson } from "./canonical-json.ts";
export { printChainLine, readChainLine } from "./chain-lines.ts";
export type { PathStep } from "./merkle-tree.ts";
export {
  type BucketLeaf,
  bucketCount,
  bucketOf,
  type InclusionProof,
  type PassageFacts,
  PassageTree,
  passageLeaf,
  proveInclusion,
  verifyInclusion,
} from "./passage-tree.ts";
export { readUnambiguousJson } from "./read-json.ts";
export { type ChainEntry, chainReceipts, genesisHash, receiptHash } from "./receipt-chain.ts";
export {
  type GradedReplay,
  gradeReplay,
  jaccardMin,
  type ReplayGrade,
  type RetrievedHit,
  type RetrievedHits,
  replayGrades,
  scoreStep,
} from "./replay-grade.ts";
export { sha256Hex, sha256OfVector } from "./sha256.ts";
export { type ChainFinding, type ChainFindingKind, type ChainReport, verifyChain } from "./verify-chain.ts";
