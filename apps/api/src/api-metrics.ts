import type { DocumentStore, Route } from "@larder/contracts";
import { usageBuckets } from "@larder/contracts";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { usageBucketNames } from "./bodies/usage-body.ts";
import type { IndexUpkeep } from "./index-upkeep/index-upkeep.ts";

export interface RequestMeasurement {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly totalMs: number;
}

/** What `/metrics` shows. Labels are route templates, statuses and model names: no id, no text. */
export interface ApiMetrics {
  requestBegan(): void;
  requestEnded(request: RequestMeasurement): void;
  documentsAccepted(counts: { readonly fresh: number; readonly duplicate: number }): void;
  /** Counts every attempt of a route that was carried out. */
  routeTaken(route: Route): void;
  /** The Prometheus text format. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const usdPerNano = 1e-9;

export function createApiMetrics(store: DocumentStore, { counts }: Pick<IndexUpkeep, "counts">): ApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "larder_" });
  const requests = new Counter({
    name: "larder_http_requests_total",
    help: "Requests answered.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "larder_http_request_duration_seconds",
    help: "Time to the answer's headers.",
    labelNames: ["method", "route"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const running = new Gauge({ name: "larder_http_requests_in_flight", help: "Requests being answered.", registers });
  const accepted = new Counter({
    name: "larder_documents_accepted_total",
    help: "Documents taken in since the start, by whether their bytes were new.",
    labelNames: ["outcome"],
    registers,
  });
  const tokens = new Counter({
    name: "larder_tokens_total",
    help: "Tokens of provider calls since the start.",
    labelNames: ["model", "bucket"],
    registers,
  });
  const cost = new Counter({
    name: "larder_cost_usd_total",
    help: "Dollars of provider calls with a known price since the start.",
    labelNames: ["model"],
    registers,
  });
  const unpriced = new Counter({
    name: "larder_unpriced_attempts_total",
    help: "Provider calls whose cost is not known.",
    labelNames: ["model"],
    registers,
  });
  documentsGauge(store, registers);
  reindexingGauge(store, registers);
  auditCounter(counts, registers);
  return {
    requestBegan: () => running.inc(),
    requestEnded({ method: sent, route, status, totalMs }) {
      const method = methods.has(sent) ? sent : "other";
      running.dec();
      requests.inc({ method, route, status: String(status) });
      seconds.observe({ method, route }, totalMs / 1_000);
    },
    documentsAccepted({ fresh, duplicate }) {
      accepted.inc({ outcome: "new" }, fresh);
      accepted.inc({ outcome: "duplicate" }, duplicate);
    },
    routeTaken(route) {
      for (const attempt of route.attempts) {
        const model = `${attempt.provider}/${attempt.model}`;
        for (const bucket of usageBuckets) {
          tokens.inc({ model, bucket: usageBucketNames[bucket] }, attempt.usage?.tokens[bucket] ?? 0);
        }
        if (attempt.cost === undefined) unpriced.inc({ model });
        else cost.inc({ model }, Number(attempt.cost) * usdPerNano);
      }
    },
    async text() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function auditCounter(counts: IndexUpkeep["counts"], registers: Registry[]): void {
  new Counter({
    name: "larder_index_audits_total",
    help: "Audits of a knowledge base's vector index since the start; damaged ones differed from the database.",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(counts)) this.inc({ outcome }, count);
    },
  });
}

/** Read from the database when asked. */
function reindexingGauge(store: DocumentStore, registers: Registry[]): void {
  new Gauge({
    name: "larder_reindexing_documents",
    help: "Documents that are still to be made anew, over all knowledge bases; 0 where nothing is.",
    registers,
    async collect() {
      const underWay = await store.reindexings({ signal: AbortSignal.timeout(5_000) });
      this.set(underWay.reduce((sum, { documentsLeft }) => sum + documentsLeft, 0));
    },
  });
}

/** Read from the database when asked: `ready` are those that search can find, `waiting` those in the queue. */
function documentsGauge(store: DocumentStore, registers: Registry[]): void {
  new Gauge({
    name: "larder_documents",
    help: "Documents by status: ready ones can be found, waiting ones are queued or in work.",
    labelNames: ["status"],
    registers,
    async collect() {
      const call = { signal: AbortSignal.timeout(5_000) };
      let ready = 0;
      let cursor: string | undefined;
      do {
        const page = await store.knowledgeBases({ limit: 200, ...(cursor === undefined ? {} : { cursor }) }, call);
        for (const { counts } of page.data) ready += counts.documents;
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      this.set({ status: "ready" }, ready);
      this.set({ status: "waiting" }, await store.depth(call));
    },
  });
}
