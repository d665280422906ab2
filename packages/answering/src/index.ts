export { interruptedRoute, nobodyAsked, spendingOf } from "./answer-draft.ts";
export { createAnswerQuestion } from "./answer-question.ts";
export type { AnsweringPorts, AnsweringSettings } from "./answering-ports.ts";
export { abstentionSentence, promptTemplateId } from "./prompt.ts";
