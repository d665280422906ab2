export { containsAnswer, foldAnswer, isExactMatch } from "./answer-scores.ts";
export { type Corpus, documentFinder, readCorpus } from "./arms/corpus.ts";
export { knowledgeBaseArms, type OfferedArm } from "./arms/knowledge-base-arms.ts";
export { type ConductPorts, conductRun, readReport } from "./conduct-run.ts";
export { scoreEvidence } from "./evidence-scores.ts";
export { generateQuestions } from "./generate-questions.ts";
export { renderSavingsHtml } from "./html/render-savings-html.ts";
export type { RunProgress } from "./measure-run.ts";
export { planSpending, type SpendingPlan } from "./plan-spending.ts";
export {
  type GoldSpan,
  parseQuestionLines,
  type QuestionLine,
  type QuestionSet,
  questionLine,
  questionSetSha256,
  type RunQuestion,
  toQuestionSet,
} from "./question-set.ts";
export { questionsNeeded } from "./questions-needed.ts";
export { type JournalState, readJournal } from "./read-journal.ts";
export {
  checkRegistration,
  isAsking,
  type RunMetric,
  type RunRegistration,
  runIdOf,
  runMetrics,
  runRegistration,
} from "./registration.ts";
export { renderSavingsMarkdown } from "./render-markdown.ts";
export { type SavingsReport, savingsReport, savingsReportJsonSchema } from "./report-schema.ts";
export { isBudgeted, nameOfArm, type RunArmId, runArmIds } from "./run-arms.ts";
export type { ArmEvidence, AskedAnswer, Asker, EvidencePiece, JudgeGrounding, RunArm } from "./run-ports.ts";
export { runPromptId } from "./run-prompt.ts";
export { type SimulatedWorld, type SimulationResult, simulateRuns } from "./simulate-runs.ts";
