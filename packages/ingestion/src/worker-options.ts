import type {
  Call,
  Clock,
  Embedder,
  EmbedderId,
  LeasedTask,
  ReachFailPoint,
  StageStore,
  TaskQueue,
  VersionTimings,
} from "@larder/contracts";
import type { RetryLimits } from "./plan-failure.ts";
import type { TaskPorts } from "./prepare-document.ts";

export interface IngestionWorkerOptions extends TaskPorts {
  readonly queue: TaskQueue;
  /** Another embedder, for knowledge bases whose vectors are not of `embedder`. Absent: their documents fail. */
  readonly formerEmbedder?: (id: EmbedderId, call: Call) => Promise<Embedder>;
  readonly clock: Clock;
  /** Tells workers apart in the lease. */
  readonly name: string;
  /**
   * Groups of a priority and those above it in work at once: one is parsed while another is embedded. Groups of a lower
   * one do not count, so that an urgent document does not wait for them. @defaultValue 2
   */
  readonly tasksAtOnceMax?: number;
  /** Documents that are leased, embedded and published together. @defaultValue 32 */
  readonly groupTasksMax?: number;
  /** Their bytes together; a larger document is a group of its own. @defaultValue 1 MiB */
  readonly groupBytesMax?: number;
  /** A claim that is not renewed for so long is given to another worker. @defaultValue 10000 */
  readonly leaseMs?: number;
  /** Longest wait before an idle worker looks again without having been woken. @defaultValue 500 */
  readonly pollMs?: number;
  readonly retry?: Partial<RetryLimits>;
  /** What becomes of a document whose text another one has: `skip` stores no passages of it. @defaultValue "keep" */
  readonly sameText?: "keep" | "skip";
  /** Where attempts leave what they made. Absent: each begins anew. */
  readonly stages?: StageStore;
  /** Parsing that took at least this long is kept. @defaultValue 1000 */
  readonly stageParseMsMin?: number;
  /** Vectors made so far are kept this often. @defaultValue 5000 */
  readonly stageVectorsEveryMs?: number;
  /** Told of every defect and every task that ended, for the log; must not throw. */
  readonly onEvent?: (event: WorkerEvent) => void;
  readonly reachFailPoint?: ReachFailPoint;
}

export type WorkerEvent =
  | {
      readonly kind: "finished";
      readonly task: LeasedTask;
      readonly passages: number;
      readonly passagesReused: number;
      readonly timingsMs: Omit<VersionTimings, "publish">;
      /** Of its group, from the lease to the commit. */
      readonly totalMs: number;
    }
  | { readonly kind: "failed" | "released"; readonly task: LeasedTask; readonly code: string; readonly cause?: unknown }
  | { readonly kind: "lost"; readonly task: LeasedTask }
  | { readonly kind: "trouble"; readonly cause: unknown };
