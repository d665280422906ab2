import type { Call, Embedder, FinishedVersion, LeasedTask } from "@larder/contracts";
import { LarderError, noFailPoint } from "@larder/contracts";
import type { DocumentStages } from "./document-stages.ts";
import type { EmbeddedDocument } from "./embed-documents.ts";
import { embedDocuments, toFinishedVersion } from "./embed-documents.ts";
import type { GroupLeases } from "./group-leases.ts";
import { keepLeases } from "./group-leases.ts";
import { attemptsOf, exhausted } from "./plan-failure.ts";
import { planReuse } from "./plan-reuse.ts";
import { prepareDocument } from "./prepare-document.ts";
import { prepareRemake } from "./prepare-remake.ts";
import type { PreparedDocument } from "./prepared-document.ts";
import { parsedProgress } from "./process-task.ts";
import type { TaskEnds } from "./task-ends.ts";
import type { IngestionWorkerOptions } from "./worker-options.ts";

export interface GroupWork {
  readonly options: IngestionWorkerOptions;
  readonly stages: DocumentStages | undefined;
  readonly ends: TaskEnds;
  readonly leaseMs: number;
  readonly attemptsMax: number;
}

interface Finished {
  readonly task: LeasedTask;
  readonly version: FinishedVersion;
  readonly embedded: EmbeddedDocument;
}

/**
 * A group from its lease to its end. What fails of one document ends that one alone: parsing goes document by document,
 * and an embedder's call or a transaction that fails for several is made again for each.
 */
export async function workOnGroup(tasks: readonly LeasedTask[], work: GroupWork, call: Call): Promise<void> {
  const { options, ends, leaseMs } = work;
  const { queue, clock, onEvent = () => undefined } = options;
  const startedMs = clock.monotonicMs();
  const onTrouble = (cause: unknown) => onEvent({ kind: "trouble", cause });
  const leases = keepLeases(tasks, { queue, clock, leaseMs, onTrouble }, call);
  try {
    const prepared = await prepareAll(tasks, work, leases, call);
    const embedded = await embedAll(prepared, work, leases, call);
    await leases.stop();
    await publish(embedded, work, leases, call, startedMs);
  } finally {
    await leases.stop();
    if (call.signal.aborted) await ends.giveBackOpen(tasks);
  }
}

async function prepareAll(
  tasks: readonly LeasedTask[],
  { options, stages, ends, attemptsMax }: GroupWork,
  leases: GroupLeases,
  call: Call,
): Promise<readonly PreparedDocument[]> {
  const { queue, sameText = "keep", reachFailPoint = noFailPoint } = options;
  const prepared: PreparedDocument[] = [];
  for (const task of tasks) {
    const signal = leases.signalOf(task);
    try {
      if (task.attempt > attemptsOf(task, attemptsMax)) {
        leases.drop(task);
        await ends.fail(task, exhausted(task.attempt - 1));
        continue;
      }
      leases.report([task], { status: "parsing", progress: 0 });
      const embedder = await embedderOf(task, options, { signal });
      const parts = { ...options, embedder, attemptsMax };
      const document = await (task.remadeFor === undefined
        ? prepareDocument(task, parts, stages, { signal })
        : prepareRemake(task, parts, stages, { signal }));
      reachFailPoint("after-parse");
      const duplicateOf =
        sameText === "skip" && task.remadeFor === undefined
          ? await queue.findSameText(task, document.textSha256, { signal })
          : undefined;
      prepared.push(duplicateOf === undefined ? document : { ...document, duplicateOf });
      leases.report([task], { status: "embedding", progress: parsedProgress });
    } catch (thrown) {
      if (call.signal.aborted) return []; // all of them are given back
      leases.drop(task);
      await ends.endThrown(task, thrown, leases.isLost(task));
    }
  }
  return prepared;
}

/**
 * That the task's knowledge base, or its generation in the making, has its vectors of. Where it cannot be opened, the
 * configured one: the queue then says whether the document fails, or waits for a generation of that.
 */
async function embedderOf(
  { embedderId }: LeasedTask,
  { embedder, formerEmbedder }: IngestionWorkerOptions,
  call: Call,
): Promise<Embedder> {
  const isOther = embedderId !== undefined && embedderId !== embedder.id;
  if (!isOther || formerEmbedder === undefined) return embedder;
  try {
    return await formerEmbedder(embedderId, call);
  } catch (thrown) {
    if (call.signal.aborted || !LarderError.is(thrown) || !thrown.code.startsWith("EMBEDDER_")) throw thrown;
    return embedder;
  }
}

async function embedAll(
  prepared: readonly PreparedDocument[],
  work: GroupWork,
  leases: GroupLeases,
  call: Call,
): Promise<readonly EmbeddedDocument[]> {
  const { reachFailPoint = noFailPoint } = work.options;
  for (const { task } of prepared) if (leases.isLost(task)) work.ends.lost(task);
  const open = prepared.filter(({ task }) => !leases.isLost(task));
  if (open.length === 0) return [];
  try {
    const embedded = await embedTogether(open, work, leases);
    reachFailPoint("after-embed");
    return embedded;
  } catch (thrown) {
    if (call.signal.aborted) return [];
    if (open.length > 1) {
      const alone: EmbeddedDocument[] = [];
      for (const document of open) alone.push(...(await embedAll([document], work, leases, call)));
      return alone;
    }
    for (const { task } of open) {
      leases.drop(task);
      await work.ends.endThrown(task, thrown, leases.isLost(task));
    }
    return [];
  }
}

async function embedTogether(
  prepared: readonly PreparedDocument[],
  { options, stages }: GroupWork,
  leases: GroupLeases,
): Promise<readonly EmbeddedDocument[]> {
  const { clock, queue } = options;
  const [only] = prepared;
  // A member's lost lease leaves the others to be embedded; a document alone is stopped with its lease.
  const signal = prepared.length === 1 && only !== undefined ? leases.signalOf(only.task) : leases.signal;
  const needing = prepared.filter(({ duplicateOf }) => duplicateOf === undefined);
  const embedded: EmbeddedDocument[] = [];
  const lane = prepared.every(({ task }) => task.priority === "low") ? "background" : "bulk";
  for (const embedder of new Set(needing.map((document) => document.embedder))) {
    const some = needing.filter((document) => document.embedder === embedder);
    const known = await planReuse(some, { embedder, queue, stages }, { signal });
    const tasks = some.map(({ task }) => task);
    const onProgress = (share: number): void => {
      leases.report(tasks, { status: "embedding", progress: parsedProgress + (1 - parsedProgress) * share });
    };
    embedded.push(...(await embedDocuments(some, { embedder, clock, known, stages, onProgress, lane }, { signal })));
  }
  const leaning = prepared.filter(({ duplicateOf }) => duplicateOf !== undefined);
  const nothing = { vectors: new Float32Array(), passagesReused: 0, embedMs: 0 };
  return [...embedded, ...leaning.map((document) => ({ prepared: document, ...nothing }))];
}

async function publish(
  embedded: readonly EmbeddedDocument[],
  work: GroupWork,
  leases: GroupLeases,
  call: Call,
  startedMs: number,
): Promise<void> {
  if (embedded.length === 0 || call.signal.aborted) return;
  const { options, ends, stages } = work;
  const { queue, clock, sameText = "keep", reachFailPoint = noFailPoint } = options;
  const finished = embedded.map((each): Finished => {
    const version = toFinishedVersion(each, each.prepared.task.remadeFor === undefined ? sameText : "keep");
    return { task: each.prepared.task, version, embedded: each };
  });
  reachFailPoint("before-publish");
  try {
    const outcomes = await queue.finishGroup(finished, call);
    reachFailPoint("after-publish");
    for (const [i, one] of finished.entries()) {
      if (outcomes[i] === "original_gone") await publishAnew(one.embedded, work, leases, call, startedMs);
      else if (outcomes[i] === "lost") ends.lost(one.task);
      else {
        ends.finished(one.task, one.version, clock.monotonicMs() - startedMs);
        await stages?.remove(one.task);
      }
    }
  } catch (thrown) {
    if (call.signal.aborted) return;
    if (embedded.length > 1) for (const each of embedded) await publish([each], work, leases, call, startedMs);
    else for (const { task } of finished) await ends.endThrown(task, thrown, false);
  }
}

/** The document that it leaned on went between the look and the publication: it needs passages of its own after all. */
async function publishAnew(
  { prepared }: EmbeddedDocument,
  work: GroupWork,
  leases: GroupLeases,
  call: Call,
  startedMs: number,
): Promise<void> {
  const { duplicateOf: _gone, ...alone } = prepared;
  await publish(await embedAll([alone], work, leases, call), work, leases, call, startedMs);
}
