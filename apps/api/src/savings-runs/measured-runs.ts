import type { RunJournals } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { RunProgress } from "@larder/savings-runs";
import { isAsking, readJournal, readReport, runRegistration } from "@larder/savings-runs";
import { conductPrepared } from "./conduct-prepared.ts";
import type { RunParts } from "./prepare-run.ts";
import { prepareRun } from "./prepare-run.ts";
import type { MeasuredRuns, PreparedRun, RunState } from "./run-request.ts";

interface Running {
  state: RunState;
  readonly ended: Promise<void>;
}

export function createMeasuredRuns(parts: RunParts & { readonly journals: RunJournals }): MeasuredRuns {
  const { journals } = parts;
  const stop = new AbortController();
  const runs = new Map<string, Running>();

  async function conduct(prepared: PreparedRun, tell: (state: RunState) => void): Promise<void> {
    let progress: RunProgress = { done: 0, total: 0, label: "" };
    const at = (state: RunState["state"]) => ({ id: prepared.id, state, done: progress.done, total: progress.total });
    try {
      const steps = conductPrepared(parts, prepared, { signal: stop.signal });
      for (;;) {
        const step = await steps.next();
        if (step.done === true) return tell({ ...at("finished"), report: step.value });
        progress = step.value;
        tell(at("running"));
      }
    } catch (thrown) {
      if (stop.signal.aborted) return tell(at("stopped"));
      const error = LarderError.is(thrown) ? thrown : new LarderError("UNEXPECTED", { cause: thrown });
      tell({ ...at("failed"), error });
    }
  }

  return {
    prepare: (request, call) => prepareRun(parts, request, call),
    start(prepared) {
      const { id } = prepared;
      const known = runs.get(id);
      if (known !== undefined && known.state.state !== "failed") return known.state;
      const begun: RunState = { id, state: "running", done: 0, total: 0 };
      let running: Running | undefined;
      const ended = conduct(prepared, (state) => {
        if (running !== undefined) running.state = state;
      });
      running = { state: begun, ended };
      runs.set(id, running);
      return begun;
    },
    async state(id, call) {
      const known = runs.get(id);
      if (known !== undefined) return known.state;
      const report = await readReport(journals, id, call);
      const written = await journals.read(id, call);
      if (written === undefined) throw new LarderError("SAVINGS_RUN_NOT_FOUND");
      const done = readJournal(written.records).observations.size;
      if (report === undefined) return { id, state: "stopped", done, total: totalOf(written.registration) ?? done };
      return { id, state: "finished", done, total: done, report };
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new LarderError("SERVER_STOPPING"));
      await Promise.all([...runs.values()].map(({ ended }) => ended));
    },
  };
}

/** At most: arms that turned out infeasible are not measured. */
function totalOf(registration: unknown): number | undefined {
  const parsed = runRegistration.safeParse(registration);
  if (!parsed.success) return undefined;
  const { arms, budgets, set, runs } = parsed.data;
  return set.questions * arms.length * budgets.length * (isAsking(parsed.data) ? runs : 1);
}
