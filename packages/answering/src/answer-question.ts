import type {
  Answer,
  AnswerEvent,
  AnswerQuestion,
  Call,
  Clock,
  DocumentReader,
  Embedder,
  ErrorRecord,
  GeneratorRouter,
  Ids,
  KnowledgeBase,
  KnowledgeBaseStore,
  Ledger,
  NanoUsd,
  PassageId,
  Question,
  Receipt,
  RequestShape,
  Retrieval,
  Retriever,
  Route,
  RoutingMemory,
  SavingsCalculator,
  TokenCounter,
} from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { interruptedRoute, nothingSpent, spendingOf } from "./answer-draft.ts";
import type { EvidenceSentences, PassagePlace } from "./evidence-sentences.ts";
import { readSentences } from "./evidence-sentences.ts";
import type { ExtractedSentence, ExtractSettings } from "./extract-answer.ts";
import { extractAnswer } from "./extract-answer.ts";
import type { NotGenerated } from "./generate-answer.ts";
import { asLarderError } from "./generate-answer.ts";
import { generateVerified } from "./generate-verified.ts";
import { learnFromVerdict } from "./learn-from-verdict.ts";
import { priceAlternatives } from "./price-alternatives.ts";
import type { WrittenPrompt } from "./prompt.ts";
import { abstentionSentence, writePrompt } from "./prompt.ts";
import { receiptOf } from "./receipt-of.ts";
import { shapeOf } from "./shape-of.ts";
import { verifyAnswer } from "./verify-answer.ts";
import { findSupport } from "./verify-citations.ts";

export interface AnsweringSettings extends ExtractSettings {
  /** Most pieces of evidence. @defaultValue 500: the budget decides; a piece may be one sentence */
  readonly evidenceMax?: number;
  /** Confidence of the retrieval below which nothing is answered; 0 answers whenever there is evidence. @defaultValue 0.05 */
  readonly confidenceMin?: number;
  /** Tokens that an answer is expected to take, for quotes. @defaultValue 300 */
  readonly outputTokensExpected?: number;
  /** Longest time for writing a receipt, also when the reader has left. @defaultValue 10,000 */
  readonly recordTimeoutMs?: number;
  /** What a right answer is worth beyond a wrong one: a better model is asked for no more. @defaultValue $0.05 */
  readonly answerWorth?: NanoUsd;
}

export interface AnsweringPorts {
  readonly retriever: Retriever;
  readonly router: GeneratorRouter;
  readonly ledger: Pick<Ledger, "record">;
  readonly savings: SavingsCalculator;
  readonly knowledgeBases: Pick<KnowledgeBaseStore, "knowledgeBase">;
  readonly passages: Pick<DocumentReader, "passagesById">;
  readonly embedder: Pick<Embedder, "id" | "embed" | "dimensions">;
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Learns from what the check of each answer found. */
  readonly memory?: Pick<RoutingMemory, "observeQuality" | "observeFlag">;
  readonly settings?: AnsweringSettings;
}

/**
 * Question to receipt: retrieve, write the prompt, let the router choose and call, verify each citation against the
 * evidence, write the receipt, and only then say `finished`. Without a model that may and can answer, the answer is made
 * of the evidence's own sentences; without evidence, or with too little confidence in it, it abstains and sends nothing.
 */
export function createAnswerQuestion(ports: AnsweringPorts): AnswerQuestion {
  return (question, call) => new Answering(ports, question).run(call);
}

/**
 * With it 0 to 3 % of the answerable questions of each development set are refused, and 73 to 100 % of the questions of
 * other sets (docs/decisions/0012-abstention-and-conversation.md).
 */
const confidenceMinDefault = 0.05;

/** Rounded down, so that what is below a limit of two digits is seen to be. */
function shown(confidence: number): string {
  return (Math.floor(confidence * 1_000) / 1_000).toFixed(3);
}

/** One question on its way. */
class Answering {
  readonly #ports: AnsweringPorts;
  readonly #question: Question;
  readonly #startMs: number;
  #route: Route | undefined;

  constructor(ports: AnsweringPorts, question: Question) {
    this.#ports = ports;
    this.#question = question;
    this.#startMs = ports.clock.monotonicMs();
  }

  async *run(call: Call): AsyncGenerator<AnswerEvent, void> {
    const { retriever, knowledgeBases, tokenCounter, clock, settings } = this.#ports;
    const { knowledgeBaseId, text, history = [], tokenBudget, filter } = this.#question;
    const limit = settings?.evidenceMax ?? 500;
    const query = { knowledgeBaseId, text, history, tokenBudget, limit, mode: "hybrid" as const };
    const retrieval = await retriever.retrieve(filter === undefined ? query : { ...query, filter }, call);
    const knowledgeBase = await knowledgeBases.knowledgeBase(knowledgeBaseId, call);
    yield { kind: "evidence", evidence: retrieval.evidence };

    const written = writePrompt({ text, history }, retrieval.evidence, tokenCounter);
    const shape = shapeOf(this.#question, written, retrieval, this.#ports.settings?.outputTokensExpected);
    const askedAtMs = clock.nowMs();
    let draft: AnswerDraft | undefined;
    try {
      draft = yield* this.#answer(retrieval, written, shape, call);
      yield await this.#settle({ knowledgeBase, retrieval, shape, draft });
    } catch (thrown) {
      yield { kind: "failed", error: toErrorRecord(asLarderError(thrown, call)) };
    } finally {
      if (draft === undefined && this.#route !== undefined) {
        // The reader left in the middle of a call that may be billed: it is written down all the same.
        const route = interruptedRoute(this.#route, askedAtMs, clock.nowMs());
        const left = this.#broken(route, toErrorRecord(new LarderError("REQUEST_ABORTED")));
        await this.#record({ knowledgeBase, retrieval, shape, draft: left });
      }
    }
  }

  async *#answer(
    retrieval: Retrieval,
    { prompt }: WrittenPrompt,
    shape: RequestShape,
    call: Call,
  ): AsyncGenerator<AnswerEvent, AnswerDraft> {
    const { router, clock, embedder, memory, settings } = this.#ports;
    const { text, policy, responseFormat, isDryRun } = this.#question;
    const isAbstaining = retrieval.evidence.length === 0 || retrieval.confidence < this.#confidenceMin;
    if (isAbstaining || isDryRun) {
      const route = isAbstaining ? this.#routeOfNothing(retrieval) : this.#routeOfDryRun(shape);
      yield { kind: "route", route };
      if (isDryRun) return { ...nothingSaid(route), basis: isAbstaining ? "abstained" : dryRunBasis(route) };
      yield { kind: "text", text: abstentionSentence };
      return { ...nothingSaid(route), text: abstentionSentence };
    }
    const evidence = readSentences(retrieval.evidence, await this.#passagesOf(retrieval, call));
    const question = retrieval.searchedText ?? text;
    const generated = yield* generateVerified(
      {
        router,
        request: { prompt, shape, policy, ...(responseFormat === undefined ? {} : { responseFormat }) },
        clock,
        support: (marker, statement) => findSupport(evidence, marker, statement, question),
        onRoute: (route) => {
          this.#route = route;
        },
        verify: (answer, within) =>
          verifyAnswer(
            { text: answer, evidence, question, ...(responseFormat && { responseFormat }) },
            embedder,
            within,
          ),
        onVerified: (draft, verification) => {
          if (memory !== undefined) learnFromVerdict(draft, verification, shape, clock.nowMs(), memory);
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
      return this.#broken(route, failure ?? toErrorRecord(new LarderError("POLICY_UNSATISFIABLE")), generateMs);
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
      isGrounded: true,
      route,
      spending: spendingOf(route, answered),
      generateMs,
    };
  }

  #broken(route: Route, error: ErrorRecord, generateMs = 0): AnswerDraft {
    return { ...nothingSaid(route), basis: "generated", spending: spendingOf(route), generateMs, error };
  }

  get #confidenceMin(): number {
    return this.#ports.settings?.confidenceMin ?? confidenceMinDefault;
  }

  #routeOfNothing({ evidence, confidence }: Retrieval): Route {
    const why =
      evidence.length === 0
        ? "the knowledge base holds no evidence for the question"
        : `the confidence that the knowledge base answers it is ${shown(confidence)}, below ${this.#confidenceMin}`;
    const reason = `Nothing was sent: ${why}.`;
    return { reason, candidates: [], attempts: [], priceBookId: this.#ports.router.priceBook.id };
  }

  #routeOfDryRun(shape: RequestShape): Route {
    const { candidates, priceBookId } = this.#ports.router.quote(shape, this.#question.policy);
    const first = candidates.find(({ isEligible }) => isEligible);
    if (first === undefined) {
      const reason = "Dry run: no model is eligible; the answer would quote the evidence.";
      return { reason, candidates, attempts: [], priceBookId };
    }
    const { provider, model } = first;
    const reason = `Dry run: ${provider}/${model} would be asked first.`;
    return { chosen: { provider, model }, reason, candidates, attempts: [], priceBookId };
  }

  async #settle(settled: Settled): Promise<AnswerEvent> {
    const { draft, retrieval } = settled;
    const { basis, text, citations, isGrounded, route, error } = draft;
    const { verification } = draft;
    const answer: Answer = {
      basis,
      text,
      citations,
      isGrounded,
      retrieval,
      route,
      ...(verification && { verification }),
    };
    if (this.#question.isDryRun) return { kind: "finished", answer };
    const { receipt, headline } = await this.#record(settled);
    if (error !== undefined) return { kind: "failed", error, receipt };
    return { kind: "finished", answer: { ...answer, receipt, ...(headline === undefined ? {} : { headline }) } };
  }

  /** Writes the receipt under a time limit of its own: money that was spent is written down though nobody waits. */
  async #record({ knowledgeBase, retrieval, shape, draft }: Settled) {
    const { ledger, savings, router, retriever, embedder, tokenCounter, clock, ids, settings } = this.#ports;
    const alternatives = priceAlternatives({
      savings,
      priceBook: router.priceBook,
      draft,
      shape,
      evidenceTokens: retrieval.tokens,
      corpusTokens: knowledgeBase.counts.tokens,
    });
    const headline = savings.headline(alternatives.counterfactuals);
    const receipt: Receipt = receiptOf({
      id: ids.next("receipt"),
      createdAtMs: clock.nowMs(),
      question: this.#question,
      knowledgeBase,
      retrieval,
      draft,
      ...alternatives,
      headline,
      retrieverId: retriever.id,
      embedderId: embedder.id,
      tokenCounterId: tokenCounter.id,
      totalMs: clock.monotonicMs() - this.#startMs,
    });
    await ledger.record(receipt, { signal: AbortSignal.timeout(settings?.recordTimeoutMs ?? 10_000) });
    this.#route = undefined;
    return { receipt, headline };
  }
}

interface Settled {
  readonly knowledgeBase: KnowledgeBase;
  readonly retrieval: Retrieval;
  readonly shape: RequestShape;
  readonly draft: AnswerDraft;
}

function nothingSaid(route: Route): AnswerDraft {
  return {
    basis: "abstained",
    text: "",
    citations: [],
    isGrounded: false,
    route,
    spending: nothingSpent,
    generateMs: 0,
  };
}

function dryRunBasis({ chosen }: Route): AnswerDraft["basis"] {
  return chosen === undefined ? "extractive" : "generated";
}
