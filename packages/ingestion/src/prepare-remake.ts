import type { Call, Clock, LeasedTask, ParseWarning, StoredVersion, TaskQueue } from "@larder/contracts";
import { keptWarning, LarderError } from "@larder/contracts";
import type { DocumentStages } from "./document-stages.ts";
import type { TaskPorts } from "./prepare-document.ts";
import { prepareDocument, textsOf } from "./prepare-document.ts";
import type { PreparedDocument } from "./prepared-document.ts";
import { textSha256Of } from "./text-identity.ts";

export interface RemakePorts extends TaskPorts {
  readonly queue: Pick<TaskQueue, "storedVersion">;
  readonly clock: Clock;
  /** From the next attempt on, nobody tries to read the bytes any more. */
  readonly attemptsMax: number;
}

/**
 * A live document for another generation. Where parser and splitter are those that made it, its passages are taken as
 * they are stored; else its bytes are read again. When that cannot be done, what was made before is carried over, with a
 * warning: a document that is found today is found after the swap.
 * @throws {@link LarderError} what may pass, to be tried again
 */
export async function prepareRemake(
  task: LeasedTask,
  ports: RemakePorts,
  stages: DocumentStages | undefined,
  call: Call,
): Promise<PreparedDocument> {
  const stored = await ports.queue.storedVersion(task, call);
  if (stored === undefined) throw new LarderError("UNEXPECTED", { cause: "a document without a live version" });
  const isSameText = stored.parserId === ports.parser.id;
  const isSame = isSameText && stored.splitterId === ports.splitter.id;
  if (isSame || (isSameText && stored.leansOn !== undefined)) return carry(task, stored, ports, []);
  if (task.attempt > ports.attemptsMax) return carry(task, stored, ports, [keptBecause("JOB_ATTEMPTS_EXHAUSTED")]);
  try {
    return await prepareDocument(task, ports, stages, call);
  } catch (thrown) {
    if (call.signal.aborted || (LarderError.is(thrown) && thrown.retryable)) throw thrown;
    return carry(task, stored, ports, [keptBecause(LarderError.is(thrown) ? thrown.code : "UNEXPECTED")]);
  }
}

function carry(
  task: LeasedTask,
  stored: StoredVersion,
  { embedder, splitter }: TaskPorts,
  warnings: readonly ParseWarning[],
): PreparedDocument {
  const { text, title = task.title, mediaType, pages, tokens, passages, leansOn } = stored;
  const former = stored.warnings.filter(({ code }) => code !== keptWarning || warnings.length === 0);
  const { parserId } = stored;
  const splitterId = leansOn === undefined ? stored.splitterId : splitter.id; // nothing was cut
  return {
    ...{ task, embedder, tokens, passages, parseMs: 0, splitMs: 0 },
    content: { text, title, mediaType, pages, parserId, splitterId, warnings: [...former, ...warnings] },
    textSha256: stored.textSha256 ?? textSha256Of(text),
    texts: textsOf(title, passages),
    ...(leansOn === undefined ? {} : { duplicateOf: leansOn }),
  };
}

function keptBecause(code: string): ParseWarning {
  return { code: keptWarning, message: `It could not be made anew (${code}): what was made of it before is kept.` };
}
