import type { Label, VectorAuditRequest, VectorCollectionId, VectorIndexAudit } from "@larder/contracts";
import { BodyReader, bytesOf } from "./frame-bodies.ts";

type Parts = readonly Uint8Array[];
type Body = Uint8Array<ArrayBuffer>;

export interface AuditRequest extends VectorAuditRequest {
  readonly id: VectorCollectionId;
}

/** `[samples, dimensions, queries, bytes of the id]`, labels, vectors, id. */
export function encodeAudit({ id, samples, queries }: AuditRequest): Parts {
  const name = Buffer.from(id);
  const dimensions = samples[0]?.vector.length ?? 0;
  return [
    bytesOf(Uint32Array.of(samples.length, dimensions, queries, name.byteLength)),
    bytesOf(Uint32Array.from(samples, ({ label }) => label)),
    ...samples.map(({ vector }) => bytesOf(vector)),
    name,
  ];
}

export function decodeAudit(body: Body): AuditRequest {
  const reader = new BodyReader(body);
  const [count = 0, dimensions = 0, queries = 0, nameBytes = 0] = reader.take(Uint32Array, 4);
  const labels = reader.take(Uint32Array, count);
  const samples = Array.from(labels, (label) => ({
    label: label as Label, // went in as a label
    vector: reader.take(Float32Array, dimensions),
  }));
  const id = reader.takeId(nameBytes);
  reader.end();
  return { id, samples, queries };
}

/** Recall, sequence or NaN (float64), `[count, missing in the graph, queries, missing, differing, 0]`, missing, differing. */
export function encodeAuditResult(audit: VectorIndexAudit): Parts {
  const { appliedSequence = Number.NaN, count, graphMissing, missing, differing, recall, sampledQueries } = audit;
  return [
    bytesOf(Float64Array.of(recall, appliedSequence)),
    bytesOf(Uint32Array.of(count, graphMissing, sampledQueries, missing.length, differing.length, 0)),
    bytesOf(Uint32Array.from(missing)),
    bytesOf(Uint32Array.from(differing)),
  ];
}

export function decodeAuditResult(body: Body): VectorIndexAudit {
  const reader = new BodyReader(body);
  const [recall = 0, appliedSequence = Number.NaN] = reader.take(Float64Array, 2);
  const [count = 0, graphMissing = 0, sampledQueries = 0, missingCount = 0, differingCount = 0] = reader.take(
    Uint32Array,
    6,
  );
  const labels = (length: number): readonly Label[] =>
    Array.from(reader.take(Uint32Array, length), (label) => label as Label);
  const missing = labels(missingCount);
  const differing = labels(differingCount);
  reader.end();
  const sequence = Number.isNaN(appliedSequence) ? {} : { appliedSequence };
  return { ...sequence, count, graphMissing, missing, differing, recall, sampledQueries };
}

/** Of all parts of one collection. The recall is the mean over all queries, each of which asked one part. */
export function mergeAudits(audits: readonly VectorIndexAudit[]): VectorIndexAudit {
  const sum = (of: (audit: VectorIndexAudit) => number): number => audits.reduce((total, one) => total + of(one), 0);
  const sampledQueries = sum((audit) => audit.sampledQueries);
  const [{ appliedSequence } = {}] = audits;
  const isLevel = audits.every((audit) => audit.appliedSequence === appliedSequence);
  return {
    ...(isLevel && appliedSequence !== undefined ? { appliedSequence } : {}),
    count: sum(({ count }) => count),
    graphMissing: sum(({ graphMissing }) => graphMissing),
    missing: audits.flatMap(({ missing }) => missing),
    differing: audits.flatMap(({ differing }) => differing),
    recall: sampledQueries === 0 ? 1 : sum((audit) => audit.recall * audit.sampledQueries) / sampledQueries,
    sampledQueries,
  };
}
