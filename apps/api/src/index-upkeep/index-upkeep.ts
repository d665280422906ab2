import type { Call, ComponentHealth, IndexLogPruning, KnowledgeBaseId, VectorSampler } from "@larder/contracts";
import { generationOf } from "@larder/contracts";
import { sweepRegularly } from "../sweep-regularly.ts";
import type { CollectionAuditResult, UpkeptVectors } from "./audit-collection.ts";
import { auditCollection } from "./audit-collection.ts";
import { createLogPruner } from "./prune-logs.ts";

export type IndexAuditOutcome = CollectionAuditResult["kind"] | "unavailable";

export interface IndexAuditReport {
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly outcome: IndexAuditOutcome;
  /** Of the database. Absent where nothing could be compared. */
  readonly vectors?: number;
  readonly samples?: number;
  readonly recall?: number;
  readonly problems: readonly string[];
}

export interface IndexUpkeepParts {
  readonly sampler: VectorSampler;
  readonly vectors: UpkeptVectors;
  readonly pruning: IndexLogPruning;
  /** 0: only when somebody asks. */
  readonly auditEveryMs: number;
  /** Of one collection; with more, those go that no copy of its index needs. */
  readonly logDeletesMax: number;
}

/** Looks after the vector index while the process runs. */
export interface IndexUpkeep extends AsyncDisposable {
  /** Audits every knowledge base, one after the other; what differs is made anew in the background. */
  audit(call: Call): Promise<readonly IndexAuditReport[]>;
  /** Removes what the log no longer needs. How many rows. */
  prune(call: Call): Promise<number>;
  /** Told of each report. One listener. */
  onReport(listener: (report: IndexAuditReport) => void): void;
  /** Degraded from a failed audit on until the collection has been made anew and passes one. */
  health(): ComponentHealth | undefined;
  /** Audits since the start. */
  readonly counts: Readonly<Record<IndexAuditOutcome, number>>;
  /** Settles when no collection is being made anew. */
  settled(): Promise<void>;
}

const hourMs = 3_600_000;
const firstAuditAfterMs = 600_000; // a process that starts has more urgent work

export function createIndexUpkeep(parts: IndexUpkeepParts): IndexUpkeep {
  const { sampler, vectors, pruning, auditEveryMs, logDeletesMax } = parts;
  const stop = new AbortController();
  const counts: Record<IndexAuditOutcome, number> = { sound: 0, damaged: 0, unsettled: 0, unavailable: 0 };
  const damaged = new Map<KnowledgeBaseId, string>();
  const rebuilding = new Map<KnowledgeBaseId, Promise<void>>();
  let tell: (report: IndexAuditReport) => void = () => undefined;
  let auditing: Promise<unknown> = Promise.resolve();

  /** Of a knowledge base that is gone health has nothing more to say. */
  async function collections(call: Call): Promise<readonly Collection[]> {
    const all = await sampler.collections(call);
    const present = new Set(all.map(({ id }) => generationOf(id).id));
    for (const id of damaged.keys()) if (!present.has(id)) damaged.delete(id);
    return all;
  }

  async function auditOne(collection: Collection, call: Call): Promise<IndexAuditReport> {
    const { id: knowledgeBaseId } = generationOf(collection.id);
    const report = { knowledgeBaseId, ...(await tryAudit(collection, call)) };
    counts[report.outcome] += 1;
    if (report.outcome === "damaged") damaged.set(knowledgeBaseId, report.problems.join("; "));
    if (report.outcome === "sound") damaged.delete(knowledgeBaseId);
    tell(report);
    return report;
  }

  async function tryAudit(collection: Collection, call: Call): Promise<Omit<IndexAuditReport, "knowledgeBaseId">> {
    try {
      const result = await auditCollection(sampler, vectors, collection, call);
      if (result.kind === "unsettled") return { outcome: "unsettled", problems: [] };
      const { kind: outcome, sampledQueries: _, ...facts } = result;
      return { outcome, ...facts };
    } catch (thrown) {
      call.signal.throwIfAborted();
      const reason = thrown instanceof Error ? thrown.message : "unknown";
      return { outcome: "unavailable", problems: [reason] };
    }
  }

  /** Searches wait for it or go on by words, and see the wrong one no more. It is audited again at its end. */
  function rebuild(collection: Collection): void {
    const { id } = generationOf(collection.id);
    if (rebuilding.has(id)) return;
    const call = { signal: stop.signal };
    const work = vectors
      .rebuild(collection, call)
      .then(() => auditOne(collection, call))
      .then(() => collections(call))
      .catch(() => undefined) // health says that it is damaged; the next audit tries again
      .then(() => void rebuilding.delete(id));
    rebuilding.set(id, work);
  }

  async function auditAll(call: Call): Promise<readonly IndexAuditReport[]> {
    const reports: IndexAuditReport[] = [];
    for (const collection of await collections(call)) {
      call.signal.throwIfAborted();
      const index = await vectors.indexOf(collection).catch(() => undefined);
      const wasHeld = index?.isHeld(collection.id) ?? true;
      const report = await auditOne(collection, call);
      reports.push(report);
      if (report.outcome === "damaged") rebuild(collection);
      else if (!wasHeld) await index?.release(collection.id, call).catch(() => undefined);
    }
    return reports;
  }

  const audit: IndexUpkeep["audit"] = (call) => {
    const mine = auditing.catch(() => undefined).then(() => auditAll(call));
    auditing = mine.catch(() => undefined);
    return mine;
  };
  const prune = createLogPruner({ pruning, vectors, logDeletesMax });
  const sweeps = [sweepRegularly({ sweep: prune, everyMs: hourMs })];
  if (auditEveryMs > 0) {
    const firstAfterMs = Math.min(firstAuditAfterMs, auditEveryMs);
    sweeps.push(sweepRegularly({ sweep: audit, firstAfterMs, everyMs: auditEveryMs }));
  }

  return {
    audit,
    prune,
    counts,
    onReport(listener) {
      tell = listener;
    },
    health() {
      const [first] = damaged;
      if (first === undefined) return undefined;
      const [id, problems] = first;
      const others = damaged.size === 1 ? "" : `; ${damaged.size - 1} more`;
      const next = rebuilding.has(id) ? "is being made anew" : "will be looked at again at the next audit";
      const detail = `the index of ${id} differs from the database and ${next}: ${problems}${others}`;
      return { name: "vector-index-audit", state: "degraded", detail };
    },
    async settled() {
      await Promise.all(rebuilding.values());
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(sweeps.map((sweep) => sweep[Symbol.asyncDispose]()));
      await Promise.all([auditing, ...rebuilding.values()]);
    },
  };
}

type Collection = Awaited<ReturnType<VectorSampler["collections"]>>[number];
