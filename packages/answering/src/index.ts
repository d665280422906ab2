export type { AnsweringPorts, AnsweringSettings } from "./answer-question.ts";
export { createAnswerQuestion } from "./answer-question.ts";
export { abstentionSentence, promptTemplateId } from "./prompt.ts";
