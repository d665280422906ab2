import type { Call, NanoUsd, PriceBook, RunJournal, RunJournals } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import type { ConductPorts } from "../src/conduct-run.ts";
import { conductRun } from "../src/conduct-run.ts";
import type { QuestionSet } from "../src/question-set.ts";
import { questionSetSha256 } from "../src/question-set.ts";
import type { RunRegistration } from "../src/registration.ts";
import type { SavingsReport } from "../src/report-schema.ts";
import type { AskedAnswer, Asker, RunArm } from "../src/run-ports.ts";

export const call: Call = { signal: new AbortController().signal };

/** Journals in memory, as JSON, so that what cannot be written down cannot be read either. */
export function memoryJournals(): RunJournals & { lines(id: string): readonly unknown[] } {
  const files = new Map<string, string[]>();
  const linesOf = (id: string) => (files.get(id) ?? []).map((line): unknown => JSON.parse(line));
  return {
    lines: linesOf,
    async open(id, registration): Promise<RunJournal> {
      const lines = files.get(id) ?? [JSON.stringify(registration)];
      files.set(id, lines);
      const [first, ...records] = linesOf(id);
      return {
        registration: first,
        records,
        async append(...more) {
          lines.push(...more.map((record) => JSON.stringify(record)));
        },
        close: async () => undefined,
      };
    },
    async read(id) {
      const [registration, ...records] = linesOf(id);
      return registration === undefined ? undefined : { registration, records };
    },
  };
}

export function setOf(count: number, clusters: number): QuestionSet {
  const questions = Array.from({ length: count }, (_, i) => ({
    id: `q${i}`,
    text: `Question ${i}?`,
    answers: [`answer ${i}`],
    gold: [{ documentId: `d${i % clusters}`, start: 10 * i, end: 10 * i + 10 }],
    cluster: `d${i % clusters}`,
  }));
  return { name: "fixture", isSynthetic: false, questions };
}

export function registrationOf(set: QuestionSet, change: Partial<RunRegistration> = {}): RunRegistration {
  return {
    form: "larder.savings-run/1",
    set: {
      name: set.name,
      sha256: questionSetSha256(set),
      questions: set.questions.length,
      clusters: new Set(set.questions.map(({ cluster }) => cluster)).size,
      isSynthetic: set.isSynthetic,
    },
    corpus: { name: "kb", documents: 20, tokens: 50_000, sha256: "c" },
    arms: ["larder", "stuff_cached"],
    budgets: [1_024],
    primaryBudget: 1_024,
    metric: "contains",
    margin: 0.1,
    runs: 1,
    seed: 7,
    model: "acme/m",
    judgedTwice: 0,
    outputTokensMax: 100,
    parts: { retriever: "r", embedder: "e", tokenCounter: "words", prompt: "p", priceBook: "b" },
    ...change,
  };
}

/** The gold, and as many tokens as are allowed. */
export function goldArm(id: RunArm["id"], tokens: (budget: number | undefined) => number): RunArm {
  return {
    id,
    find: async ({ gold }, budget) => ({
      pieces: gold.map((span) => ({ ...span, title: id, text: "x".repeat(span.end - span.start) })),
      tokens: tokens(budget),
    }),
  };
}

/** Finds nothing for every `every`-th question, else the gold. */
export function forgetfulArm(id: RunArm["id"], every: number): RunArm {
  const gold = goldArm(id, (budget) => budget ?? 100);
  return {
    id,
    async find(question, budget, ofCall) {
      const found = await gold.find(question, budget, ofCall);
      return Number(question.id.slice(1)) % every === 0 ? { ...found, pieces: [] } : found;
    },
  };
}

export interface ScriptedAsker extends Asker {
  readonly asked: readonly string[];
}

/** Costs a nano-dollar a word of the prompt; what `answer` gives is laid over a right answer. */
export function askerOf(
  answer: (question: number, times: number, prompt: string) => Partial<AskedAnswer> | Error = () => ({}),
): ScriptedAsker {
  const asked: string[] = [];
  return {
    asked,
    worstCost: (inputTokens, outputTokensMax) => nanoUsd(BigInt(inputTokens + outputTokensMax)),
    async ask({ messages }): Promise<AskedAnswer> {
      const prompt = messages.map(({ content }) => content).join("\n");
      const number = Number(/Question (\d+)\?/.exec(prompt)?.[1]);
      const times = asked.filter((one) => one === prompt).length;
      const given = answer(number, times, prompt);
      if (given instanceof Error) throw given;
      asked.push(prompt);
      const cost = nanoUsd(BigInt(prompt.length)) as NanoUsd;
      const tokens = { ...noTokens, inputFresh: prompt.length, outputText: 2 };
      return {
        ...{ text: `It is answer ${number}.`, tokens, source: "provider", cost, worstCost: nanoUsd(1_000_000n) },
        ...{ firstTextMs: 5, totalMs: 10 },
        ...given,
      };
    },
  };
}

/** A nano-dollar a token, cached ones a tenth. */
export const priceBook: Pick<PriceBook, "price" | "find" | "id" | "asOf"> = {
  id: "b",
  asOf: "2026-11-27",
  find: () => undefined,
  price: (_provider, _model, tokens) => ({
    kind: "priced",
    cost: nanoUsd(BigInt(10 * tokens.inputFresh + tokens.inputCacheRead + 10 * tokens.outputText)),
  }),
};

export function portsOf(change: Partial<ConductPorts> & Pick<ConductPorts, "arms">): ConductPorts {
  let now = 0;
  return {
    journals: memoryJournals(),
    counter: { id: "words", count: (text) => text.split(/\s+/).length },
    priceBook,
    nowMs: () => {
      now += 1;
      return now;
    },
    wallMs: () => 1_700_000_000_000,
    ...change,
  };
}

export async function conduct(
  registration: RunRegistration,
  set: QuestionSet,
  ports: ConductPorts,
  signal: AbortSignal = call.signal,
): Promise<SavingsReport> {
  const steps = conductRun(registration, set, ports, { signal });
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
}
