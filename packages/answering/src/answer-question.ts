import type {
  Answer,
  AnswerEvent,
  AnswerQuestion,
  Attempt,
  Call,
  ErrorRecord,
  HoldoutDraw,
  KnowledgeBase,
  PassageId,
  Question,
  QuestionOutcome,
  ReceiptId,
  RequestShape,
  Retrieval,
  Route,
} from "@larder/contracts";
import { followCalls, LarderError, toErrorRecord } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { interruptedRoute, nobodyAsked, nothingSaid, spendingOf } from "./answer-draft.ts";
import { AnswerTimes } from "./answer-times.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import type { EvidenceSentences, PassagePlace } from "./evidence-sentences.ts";
import { readSentences } from "./evidence-sentences.ts";
import type { ExtractedSentence } from "./extract-answer.ts";
import { extractAnswer } from "./extract-answer.ts";
import type { NotGenerated } from "./generate-answer.ts";
import { asLarderError } from "./generate-answer.ts";
import { generateVerified } from "./generate-verified.ts";
import { drawHoldout, shapeOfStuffed, stuffedRetrieval } from "./hold-out.ts";
import { learnFromVerdict } from "./learn-from-verdict.ts";
import { findNearRequests, notePastQuestion, outcomesOf } from "./near-questions.ts";
import type { WrittenPrompt } from "./prompt.ts";
import { abstentionSentence, writePrompt } from "./prompt.ts";
import { withQualityFloor } from "./quality-floor.ts";
import type { SettledAnswer } from "./record-answer.ts";
import { recordAnswer } from "./record-answer.ts";
import type { RootedRetrieval } from "./retrieve-with-root.ts";
import { queryOf, retrieveWithRoot } from "./retrieve-with-root.ts";
import { answeringDefaults } from "./settings-of-answers.ts";
import { shapeOf } from "./shape-of.ts";
import { dryRunBasis, findUnanswerable, payersOf, routeOfDryRun, routeOfNothing } from "./unsent-route.ts";
import { verifyAnswer } from "./verify-answer.ts";
import { findSupport } from "./verify-citations.ts";

/**
 * Question to receipt: retrieve, write the prompt, let the router choose and call, verify each citation against the
 * evidence, write the receipt, and only then say `finished`. Without a model that may and can answer, the answer is made
 * of the evidence's own sentences; without evidence, or with too little confidence in it, it abstains and sends nothing.
 */
export function createAnswerQuestion(ports: AnsweringPorts): AnswerQuestion {
  return (question, call) => new Answering(ports, question).run(call);
}

interface PreparedQuestion {
  readonly searched: RootedRetrieval;
  readonly written: WrittenPrompt;
  readonly shape: RequestShape;
  readonly draw?: HoldoutDraw | undefined;
}

/** One question on its way. */
class Answering {
  readonly #ports: AnsweringPorts;
  readonly #question: Question;
  readonly #parts: AnswerTimes;
  #route: Route | undefined;
  readonly #attempts: Attempt[] = [];
  readonly #outcomes: QuestionOutcome[] = [];
  /** Of the receipt to come, once something was sent. */
  #receiptId: ReceiptId | undefined;
  readonly #followed = followCalls((attempts) => this.#note(attempts));

  constructor(ports: AnsweringPorts, question: Question) {
    this.#ports = ports;
    const policy = withQualityFloor(question.policy, ports.settings?.qualityFloor ?? 0);
    this.#question = { ...question, policy };
    this.#parts = new AnswerTimes(ports.clock);
  }

  /** What is being asked, beside the call: a process that dies leaves word of it. */
  #note(attempts: readonly Attempt[]): void {
    const { intents, ids, clock, router } = this.#ports;
    const { knowledgeBaseId } = this.#question;
    this.#receiptId ??= ids.next("receipt");
    const intent = { receiptId: this.#receiptId, knowledgeBaseId, createdAtMs: clock.nowMs(), attempts };
    intents?.note({ ...intent, priceBookId: router.priceBook.id });
  }

  async *run(call: Call): AsyncGenerator<AnswerEvent, void> {
    const { knowledgeBases, clock, settings } = this.#ports;
    const found = await retrieveWithRoot(this.#ports, queryOf(this.#question, settings?.evidenceMax), call);
    const knowledgeBase = await knowledgeBases.knowledgeBase(this.#question.knowledgeBaseId, call);
    const { searched, written, shape, draw } = await this.#prepare(found, knowledgeBase, call);
    const { retrieval } = searched;
    yield { kind: "evidence", evidence: retrieval.evidence };

    const known = { question: this.#question, knowledgeBase, searched, shape, parts: this.#parts, holdout: draw };
    const startedAtMs = clock.nowMs();
    let draft: AnswerDraft | undefined;
    try {
      draft = yield* this.#parts.watch(this.#answer(retrieval, written, shape, call));
      yield await this.#settle({ ...known, draft });
    } catch (thrown) {
      yield { kind: "failed", error: toErrorRecord(asLarderError(thrown, call)) };
    } finally {
      if (draft === undefined && this.#route !== undefined) {
        // The reader left in the middle of a call that may be billed: it is written down all the same.
        const route = interruptedRoute(this.#route, this.#attempts, { startedAtMs, endedAtMs: clock.nowMs() });
        const left = this.#broken(route, toErrorRecord(new LarderError("REQUEST_ABORTED")));
        await recordAnswer(this.#ports, { ...known, draft: left, ...this.#named() });
      }
    }
  }

  /** The prompt, of the evidence or, for a question that is held out, of the whole knowledge base. */
  async #prepare(found: RootedRetrieval, knowledgeBase: KnowledgeBase, call: Call): Promise<PreparedQuestion> {
    const { tokenCounter, router, holdout, settings } = this.#ports;
    const question = this.#question;
    const near = await findNearRequests(this.#ports, question, found.retrieval, call);
    const prepare = (retrieval: Retrieval) => {
      const written = writePrompt(question, retrieval.evidence, tokenCounter);
      const shape = shapeOf(question, written, retrieval, {
        near,
        outputTokensExpected: settings?.outputTokensExpected,
      });
      return { searched: { ...found, retrieval }, written, shape };
    };
    const { retrieval } = found;
    const prepared = prepare(retrieval);
    if (holdout === undefined || findUnanswerable(retrieval, this.#confidenceMin()) !== undefined) return prepared;
    const draw = drawHoldout({ holdout, question, knowledgeBase, router, retrieval, shape: prepared.shape });
    if (draw?.taken !== "stuffed") return { ...prepared, draw };
    const stuffed = await stuffedRetrieval(retrieval, knowledgeBase.id, holdout, tokenCounter, call);
    const whole = prepare(stuffed);
    return { ...whole, shape: shapeOfStuffed(whole.shape, stuffed, knowledgeBase.id), draw };
  }

  #confidenceMin(): number {
    return this.#ports.settings?.confidenceMin ?? answeringDefaults.confidenceMin;
  }

  async *#answer(
    retrieval: Retrieval,
    { prompt }: WrittenPrompt,
    shape: RequestShape,
    call: Call,
  ): AsyncGenerator<AnswerEvent, AnswerDraft> {
    const { router, clock, embedder, memory, settings } = this.#ports;
    const { text, policy, responseFormat, isDryRun } = this.#question;
    const unanswerable = findUnanswerable(retrieval, this.#confidenceMin());
    if (unanswerable !== undefined) {
      const route = routeOfNothing(unanswerable, router.priceBook.id);
      yield { kind: "route", route };
      if (isDryRun) return nothingSaid(route);
      yield { kind: "text", text: unanswerable.text };
      return { ...nothingSaid(route), text: unanswerable.text };
    }
    if (isDryRun) {
      const route = await routeOfDryRun(router, this.#question, shape, call);
      yield { kind: "route", route };
      return { ...nothingSaid(route), basis: dryRunBasis(route) };
    }
    const evidence = readSentences(retrieval.evidence, await this.#passagesOf(retrieval, call));
    const question = retrieval.searchedText ?? text;
    const generated = yield* generateVerified(
      {
        router,
        request: {
          prompt,
          shape,
          policy,
          payers: payersOf(this.#question),
          onSend: this.#followed.onSend,
          ...(responseFormat === undefined ? {} : { responseFormat }),
        },
        clock,
        support: (marker, statement) => findSupport(evidence, marker, statement, question),
        onRoute: (route) => {
          this.#route = route;
        },
        onAttempt: (attempt) => {
          this.#attempts.push(attempt);
          this.#followed.onAttempt(attempt);
        },
        verify: (text, within) =>
          this.#parts.verifying(() =>
            verifyAnswer({ text, evidence, question, ...(responseFormat && { responseFormat }) }, embedder, within),
          ),
        onVerified: (draft, verification) => {
          if (memory !== undefined) learnFromVerdict(draft, verification, shape, clock.nowMs(), memory);
          this.#outcomes.push(...outcomesOf(draft, verification, this.#question));
        },
        ...(settings?.answerWorth !== undefined && { answerWorth: settings.answerWorth }),
      },
      call,
    );
    return "basis" in generated ? generated : yield* this.#answerWithoutModel(generated, retrieval, evidence, call);
  }

  /** The passages that the evidence stands in: a citation names the one that it begins in, and code is told by all of it. */
  async #passagesOf({ evidence }: Retrieval, call: Call): Promise<ReadonlyMap<PassageId, PassagePlace>> {
    const ids = [...new Set(evidence.flatMap(({ passageIds }) => passageIds))];
    return this.#ports.passages.passagesById(this.#question.knowledgeBaseId, ids, call);
  }

  /** Quotes the evidence. Only an answer that had to have a form of its own cannot be made this way. */
  async *#answerWithoutModel(
    { route, generateMs, answered }: NotGenerated,
    { searchedText = this.#question.text }: Retrieval,
    evidence: EvidenceSentences,
    call: Call,
  ): AsyncGenerator<AnswerEvent, AnswerDraft> {
    if (this.#question.responseFormat !== undefined) {
      const failure = route.attempts.findLast(({ error }) => error !== undefined)?.error;
      return this.#broken(route, failure ?? toErrorRecord(nobodyAsked(route)), generateMs);
    }
    const { embedder, settings } = this.#ports;
    let sentences: readonly ExtractedSentence[];
    try {
      sentences = await extractAnswer(searchedText, evidence, embedder, call, settings);
    } catch (thrown) {
      return this.#broken(route, toErrorRecord(asLarderError(thrown, call)), generateMs);
    }
    if (sentences.length === 0) {
      yield { kind: "text", text: abstentionSentence };
      return { ...nothingSaid(route), text: abstentionSentence, spending: spendingOf(route, answered), generateMs };
    }
    for (const [index, sentence] of sentences.entries()) {
      yield { kind: "text", text: index === 0 ? sentence.text : ` ${sentence.text}` };
      yield { kind: "citation", citation: sentence.citation };
    }
    return {
      basis: "extractive",
      text: sentences.map(({ text }) => text).join(" "),
      citations: sentences.map(({ citation }) => citation),
      isGrounded: sentences.every(({ isGrounded }) => isGrounded),
      route,
      spending: spendingOf(route, answered),
      generateMs,
    };
  }

  #named(): Pick<SettledAnswer, "receiptId"> {
    return this.#receiptId === undefined ? {} : { receiptId: this.#receiptId };
  }

  #broken(route: Route, error: ErrorRecord, generateMs = 0): AnswerDraft {
    return { ...nothingSaid(route), basis: "generated", spending: spendingOf(route), generateMs, error };
  }

  async #settle(settled: SettledAnswer): Promise<AnswerEvent> {
    const { question, draft, searched } = settled;
    const { retrieval } = searched;
    const { basis, text, citations, isGrounded, route, verification, error } = draft;
    const answer: Answer = {
      ...{ basis, text, citations, isGrounded, retrieval, route },
      ...(verification && { verification }),
    };
    if (question.isDryRun) return { kind: "finished", answer };
    const { receipt, headline } = await recordAnswer(this.#ports, { ...settled, ...this.#named() });
    if (settled.holdout?.taken !== "stuffed") {
      notePastQuestion(this.#ports, question, retrieval, { receiptId: receipt.id, outcomes: this.#outcomes });
    }
    if (error !== undefined) return { kind: "failed", error, receipt };
    return { kind: "finished", answer: { ...answer, receipt, ...(headline === undefined ? {} : { headline }) } };
  }
}
