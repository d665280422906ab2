import type { Call, Prompt, RunJournal, TokenCounter } from "@larder/contracts";
import { LarderError, noTokens } from "@larder/contracts";
import { scoreEvidence } from "./evidence-scores.ts";
import { judgeQuality } from "./judge-quality.ts";
import type { AskedRecord, Cell, FoundRecord, RunRecord } from "./observation.ts";
import { interruptedFrom, keyOf, toLine } from "./observation.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { planCells } from "./plan-cells.ts";
import type { RunQuestion } from "./question-set.ts";
import { readJournal } from "./read-journal.ts";
import type { RunRegistration } from "./registration.ts";
import { isAsking } from "./registration.ts";
import type { ArmEvidence, AskedAnswer, Asker, JudgeGrounding, RunArm } from "./run-ports.ts";
import { fitPieces, promptTokensOf, writeRunPrompt } from "./run-prompt.ts";

export interface MeasurePorts {
  readonly arms: readonly RunArm[];
  readonly journal: RunJournal;
  readonly counter: TokenCounter;
  /** Needed where the metric needs answers. */
  readonly asker?: Asker;
  readonly judge?: Asker;
  readonly judgeGrounding?: JudgeGrounding;
  /** Monotonic. */
  nowMs(): number;
}

export interface RunProgress {
  readonly done: number;
  readonly total: number;
  /** What was just measured. */
  readonly label: string;
}

/**
 * Measures what the journal does not hold yet, and tells after each cell how far it is. Leaving the loop, or an abort,
 * stops between two cells or in the middle of a question, which then counts as interrupted; either way the journal goes on
 * where it ended. A question is written down before it is sent, so that none is sent twice, whatever happens.
 */
export async function* measureRun(
  registration: RunRegistration,
  questions: readonly RunQuestion[],
  ports: MeasurePorts,
  call: Call,
): AsyncGenerator<RunProgress> {
  const { journal } = ports;
  const state = readJournal(journal.records);
  const writer = createWriter(journal);
  const done = new Set(state.observations.keys());
  for (const sent of state.pending) {
    await writer.write(interruptedFrom(sent, noTokens));
    done.add(keyOf(sent));
  }
  const arms = new Map(ports.arms.map((arm) => [arm.id, arm]));
  const cells = planCells(registration, questions, (arm) => {
    const known = arms.get(arm);
    return known !== undefined && known.infeasible === undefined;
  });
  const total = cells.length;
  let count = cells.filter((cell) => done.has(keyOf(named(cell)))).length;
  yield { done: count, total, label: "" };
  try {
    for (const cell of cells) {
      if (done.has(keyOf(named(cell)))) continue;
      call.signal.throwIfAborted();
      await measureCell(registration, cell, arms.get(cell.arm), { ...ports, writer }, call);
      count += 1;
      yield { done: count, total, label: `${cell.arm}${cell.budget === null ? "" : ` at ${cell.budget}`}` };
    }
  } finally {
    await writer.flush();
  }
}

interface Writer {
  /** Durable when it returns, with all that was kept before. */
  write(record: RunRecord): Promise<void>;
  /** Evidence costs nothing to find again, so several questions of it share a sync. */
  keep(record: RunRecord): Promise<void>;
  flush(): Promise<void>;
}

const keptMax = 64; // chosen arbitrarily: what a kill may have to find again

function createWriter(journal: RunJournal): Writer {
  let kept: object[] = [];
  const flush = async (...more: readonly object[]): Promise<void> => {
    const lines = [...kept, ...more];
    kept = [];
    if (lines.length > 0) await journal.append(...lines);
  };
  return {
    write: (record) => flush(toLine(record)),
    async keep(record) {
      kept.push(toLine(record));
      if (kept.length >= keptMax) await flush();
    },
    flush: () => flush(),
  };
}

function named({ question, ...cell }: PlannedCell) {
  return { ...cell, question: question.id };
}

async function measureCell(
  registration: RunRegistration,
  cell: PlannedCell,
  arm: RunArm | undefined,
  ports: MeasurePorts & { readonly writer: Writer },
  call: Call,
): Promise<void> {
  const { writer } = ports;
  if (arm === undefined) return;
  const { question } = cell;
  const startMs = ports.nowMs();
  const all = await arm.find(question, cell.budget ?? undefined, call);
  const retrievalMs = ports.nowMs() - startMs + (all.sharedMs ?? 0);
  const found = isAsking(registration) ? planned(cell, all, ports.counter) : all;
  const measured = { ...named(cell), ...scoresOf(question, found), evidenceTokens: found.tokens, retrievalMs };
  if (!isAsking(registration) || ports.asker === undefined) {
    const bare = promptTokensOf(writeRunPrompt(cell.arm, question, []), ports.counter);
    const record: FoundRecord = { kind: "found", ...measured, promptTokens: bare + found.tokens };
    return writer.keep(record);
  }
  const prompt = writeRunPrompt(cell.arm, question, found.pieces);
  const promptTokens = promptTokensOf(prompt, ports.counter);
  const { outputTokensMax } = registration;
  const worstCost = ports.asker.worstCost(promptTokens, outputTokensMax);
  const sent: AskedRecord = { kind: "asked", ...measured, promptTokens, ...(worstCost !== undefined && { worstCost }) };
  await writer.write(sent);
  const answer = await askOrGiveUp(ports.asker, { ...named(cell), prompt, outputTokensMax }, writer, call);
  const { text: _, ...result } = answer;
  const answered = { ...measured, kind: "answered" as const, promptTokens, ...result };
  try {
    const judged = await judgeQuality(registration, { ...cell, answer, pieces: found.pieces }, ports, call);
    await writer.write({ ...answered, ...judged });
  } catch (thrown) {
    // The answer was paid for: a judge that is stopped, or may not be asked, must not make it one never heard of.
    const judgeErrorCode = LarderError.is(thrown) ? thrown.code : "INTERRUPTED";
    await writer.write({ ...answered, quality: 0, judgeErrorCode });
    throw thrown;
  }
}

/** A run that is given up before anything was sent says so, or the question would count as lost. */
async function askOrGiveUp(
  asker: Asker,
  { prompt, outputTokensMax, ...cell }: Cell & { readonly prompt: Prompt; readonly outputTokensMax: number },
  writer: Writer,
  call: Call,
): Promise<AskedAnswer> {
  try {
    return await asker.ask(prompt, outputTokensMax, call);
  } catch (thrown) {
    if (!call.signal.aborted) await writer.write({ ...cell, kind: "unsent" });
    throw thrown;
  }
}

/** What was planned for, and no more. */
function planned({ arm, question, budget }: PlannedCell, found: ArmEvidence, counter: TokenCounter): ArmEvidence {
  if (budget === null) return found;
  const pieces = fitPieces(arm, question, found.pieces, budget, counter);
  if (pieces.length === found.pieces.length) return found;
  return { pieces, tokens: pieces.reduce((sum, { text }) => sum + counter.count(text), 0) };
}

function scoresOf(question: RunQuestion, { pieces }: ArmEvidence) {
  const scores = scoreEvidence(question, pieces);
  if (scores === undefined) return {};
  return { recall: scores.recall, ...(scores.precision === undefined ? {} : { precision: scores.precision }) };
}
