import type { Call, PriceBook, RunJournals } from "@larder/contracts";
import type { MeasurePorts, RunProgress } from "./measure-run.ts";
import { measureRun } from "./measure-run.ts";
import type { QuestionSet } from "./question-set.ts";
import { readJournal } from "./read-journal.ts";
import type { RunRegistration } from "./registration.ts";
import { checkRegistration, checkWritten, runIdOf } from "./registration.ts";
import type { SavingsReport } from "./report-schema.ts";
import { savingsReport } from "./report-schema.ts";
import { summariseRun } from "./summarise-run.ts";

export interface ConductPorts extends Omit<MeasurePorts, "journal"> {
  readonly journals: RunJournals;
  readonly priceBook: Pick<PriceBook, "price" | "find" | "id" | "asOf">;
  /** Wall time. */
  wallMs(): number;
}

/**
 * A whole run: written down, measured as far as it is not yet, summarised, and its report kept in its journal. A run that
 * was finished before gives that report and measures nothing; one that was stopped goes on.
 * @throws {@link LarderError} `SAVINGS_RUN_INVALID`, `SAVINGS_RUN_IN_PROGRESS`, `STORE_DAMAGED`, and what retrieval or nobody to ask throws
 */
export async function* conductRun(
  registration: RunRegistration,
  set: QuestionSet,
  ports: ConductPorts,
  call: Call,
): AsyncGenerator<RunProgress, SavingsReport> {
  const id = runIdOf(checkRegistration(registration));
  const journal = await ports.journals.open(id, registration, call);
  try {
    checkWritten(id, journal.registration);
    const before = readJournal(journal.records);
    if (before.finished !== undefined) return savingsReport.parse(before.finished.report);
    yield* measureRun(registration, set.questions, { ...ports, journal }, call);
    const written = await ports.journals.read(id, call);
    const atMs = ports.wallMs();
    const found = summariseRun({
      ...{ registration, set, arms: ports.arms, priceBook: ports.priceBook },
      journal: readJournal(written?.records ?? []),
      finishedAtMs: atMs,
    });
    const report = savingsReport.parse(found); // what is kept is what the schema says, field by field in its order
    await journal.append({ kind: "finished", atMs, report });
    return report;
  } finally {
    await journal.close();
  }
}

/**
 * The report of a run that is finished; `undefined` for one that is not, or does not exist.
 * @throws {@link LarderError} `STORE_DAMAGED`, also where the registration was changed afterwards
 */
export async function readReport(
  journals: Pick<RunJournals, "read">,
  id: string,
  call: Call,
): Promise<SavingsReport | undefined> {
  const written = await journals.read(id, call);
  if (written === undefined) return undefined;
  checkWritten(id, written.registration);
  const { finished } = readJournal(written.records);
  return finished === undefined ? undefined : savingsReport.parse(finished.report);
}
