import type {
  AnswerEvent,
  Attempt,
  Call,
  Citation,
  Clock,
  ErrorRecord,
  GeneratorRouter,
  NanoUsd,
  Route,
  RoutedRequest,
  Usage,
} from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { interruptedRoute, spendingOf } from "./answer-draft.ts";
import { createCitationReader } from "./citation-reader.ts";
import { readJsonCitations } from "./json-citations.ts";
import { abstentionSentence } from "./prompt.ts";

export interface Generation {
  readonly router: GeneratorRouter;
  readonly request: RoutedRequest;
  readonly clock: Clock;
  support(marker: number, statement: string): Citation | undefined;
  /** Told each time, so that what is known is not lost when the reader leaves. */
  onRoute(route: Route): void;
  onAttempt(attempt: Attempt): void;
}

/** No model gave any text: the answer must be made without one. */
export interface NotGenerated {
  readonly route: Route;
  readonly generateMs: number;
  /** Set when a model answered with nothing. */
  readonly answered?: { readonly usage: Usage; readonly cost?: NanoUsd };
}

/**
 * Streams a model's answer with its markers verified on the way; returns what it was, or that there was none. A failure
 * is returned as a draft with its error.
 */
export async function* generateAnswer(
  generation: Generation,
  call: Call,
): AsyncGenerator<AnswerEvent, AnswerDraft | NotGenerated> {
  const { router, clock, support } = generation;
  const told: Attempt[] = [];
  const request: RoutedRequest = {
    ...generation.request,
    onAttempt(attempt) {
      told.push(attempt);
      generation.onAttempt(attempt);
    },
  };
  const isJson = request.responseFormat !== undefined;
  const reader = createCitationReader(support);
  const startMs = clock.monotonicMs();
  const startedAtMs = clock.nowMs();
  let route: Route = {
    reason: "The router gave no route.",
    candidates: [],
    attempts: [],
    priceBookId: router.priceBook.id,
  };
  let json = "";
  const setRoute = (next: Route) => {
    route = next;
    generation.onRoute(next);
  };
  const generateMs = () => clock.monotonicMs() - startMs;
  const broken = (error: ErrorRecord): AnswerDraft => ({
    basis: "generated",
    text: isJson ? json : reader.text(),
    citations: [],
    isGrounded: false,
    route,
    spending: spendingOf(route),
    generateMs: generateMs(),
    error,
  });

  try {
    for await (const event of router.generate(request, call)) {
      switch (event.kind) {
        case "routed":
          setRoute(event.route);
          yield { kind: "route", route };
          break;
        case "text":
          if (isJson) {
            json += event.text;
            yield { kind: "text", text: event.text };
          } else {
            yield* reader.push(event.text);
          }
          break;
        case "tool_call": // no tool was offered
          break;
        case "unanswered":
          setRoute(event.route);
          return { route, generateMs: generateMs() };
        case "broken":
          setRoute(event.route);
          return broken(event.error);
        case "answered": {
          setRoute(event.route);
          if (!isJson) yield* reader.end();
          const text = isJson ? json : reader.text();
          if (text.trim() === "") return { route, generateMs: generateMs(), answered: event };
          const read = isJson ? readJsonCitations(json, support) : reader;
          if (isJson) for (const citation of read.citations) yield { kind: "citation", citation };
          return {
            basis: text.trim() === abstentionSentence ? "abstained" : "generated",
            text,
            citations: read.citations,
            isGrounded: typeof read.isGrounded === "function" ? read.isGrounded() : read.isGrounded,
            route,
            spending: spendingOf(route, event),
            generateMs: generateMs(),
            finishReason: event.finishReason,
          };
        }
        default:
          return event satisfies never;
      }
    }
  } catch (thrown) {
    setRoute(interruptedRoute(route, told, { startedAtMs, endedAtMs: clock.nowMs() }));
    return broken(toErrorRecord(asLarderError(thrown, call)));
  }
  return broken(toErrorRecord(new LarderError("UNEXPECTED")));
}

/** A deadline's reason is typed already; whatever else aborted the call was the reader leaving. */
export function asLarderError(thrown: unknown, call: Call): LarderError {
  if (LarderError.is(thrown)) return thrown;
  return new LarderError(call.signal.aborted ? "REQUEST_ABORTED" : "UNEXPECTED", { cause: thrown });
}
