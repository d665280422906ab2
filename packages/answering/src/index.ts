export { interruptedRoute, nobodyAsked, spendingOf } from "./answer-draft.ts";
export { createAnswerQuestion } from "./answer-question.ts";
export type { AnsweringPorts, AnsweringSettings } from "./answering-ports.ts";
export { type ClaimFeatures, supportOf } from "./claim-support.ts";
export { chooseEscalation, verifierRates } from "./escalate.ts";
export { readSentences } from "./evidence-sentences.ts";
export type { Holdout } from "./hold-out.ts";
export { forecastOf } from "./near-questions.ts";
export { trustOfNear } from "./near-trust.ts";
export { abstentionSentence, promptTemplateId } from "./prompt.ts";
export { createProvePassage, type ProvedPassage, type ProvePassage } from "./prove-passage.ts";
export { withQualityFloor } from "./quality-floor.ts";
export {
  createReplayReceipt,
  type Replay,
  type ReplayDifference,
  type ReplayPorts,
  type ReplayReceipt,
  type ReplayWords,
} from "./replay-receipt.ts";
export { supportMin, verifyAnswer, windowFeatures } from "./verify-answer.ts";
export { neighboursMax, similarityMinDefault, weighNeighbours } from "./weigh-neighbours.ts";
