import { LarderError } from "@larder/contracts";

/** A part that lives in a process of its own; `pid` is undefined while there is none. */
export interface Hosted {
  readonly pid: number | undefined;
}

export function killHost({ pid }: Hosted): void {
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}

/**
 * Kills the process, and each that takes its place, until `work` is settled. Gives the code of what it rejected with,
 * `answered` when it resolved, `untyped` when what it threw was no {@link LarderError}.
 */
export async function killUntilSettled(hosted: Hosted, work: Promise<unknown>): Promise<string> {
  let outcome: string | undefined;
  const settled = work.then(
    () => "answered",
    (thrown: unknown) => (LarderError.is(thrown) ? thrown.code : "untyped"),
  );
  void settled.then((how) => {
    outcome = how;
  });
  let killed: number | undefined;
  while (outcome === undefined) {
    if (hosted.pid !== killed) {
      killed = hosted.pid;
      killHost(hosted);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return outcome;
}
