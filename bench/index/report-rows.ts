import type { BuildResult, ServeResult } from "./measure-peer.ts";

export interface PeerRow {
  readonly name: string;
  readonly built?: BuildResult;
  readonly served?: ServeResult;
  /** Why there are no figures, or not all. */
  readonly notRun?: string;
}

const columns = [
  "system",
  "build s",
  "open ms",
  "setting",
  "recall@10",
  "p50 ms",
  "p99 ms",
  "1 client, per s",
  "16 clients, per s",
  "peak MB building",
  "peak MB serving",
  "MB on disk",
] as const;

export const heading: readonly string[] = [
  `| ${columns.join(" | ")} |`,
  `|---|${columns
    .slice(1)
    .map(() => "--:|")
    .join("")}`,
];

/** What each row's memory includes. */
export function emptyLine({ served, notRun }: PeerRow): string {
  const peak = served === undefined ? (notRun ?? "not known") : `${megabytes(served.peakBytes)} MB`;
  return `A process of the benchmark that holds nothing: ${peak}. Each row counts the one process that holds the vectors.\n`;
}

export function rowLine({ name, built, served, notRun }: PeerRow): string {
  const building = built === undefined ? "-" : built.seconds.toFixed(1);
  if (served === undefined) {
    const why = [notRun ?? "not run", ...Array.from({ length: columns.length - 3 }, () => "")];
    return `| ${name} | ${building} | ${why.join(" | ")} |`;
  }
  const cells = [
    name,
    building,
    served.openMs?.toFixed(0) ?? "keeps nothing",
    served.setting,
    served.recall.toFixed(4),
    served.p50Ms.toFixed(3),
    served.p99Ms.toFixed(3),
    served.perSecond.toFixed(0),
    served.perSecondOf16.toFixed(0),
    built === undefined ? "-" : megabytes(built.peakBytes),
    megabytes(served.peakBytes),
    built === undefined ? "-" : megabytes(built.diskBytes),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What issue and documentation promise, in the figures of this run. */
export function verdictLines(rows: readonly PeerRow[], recallMin: number): readonly string[] {
  const find = (start: string): ServeResult | undefined => rows.find(({ name }) => name.startsWith(start))?.served;
  const [graph, exact] = [find("Larder, graph"), find("Larder, exact")];
  const lines: string[] = [];
  for (const { name, served: bare } of rows) {
    if (graph === undefined || bare === undefined || !name.startsWith("hnswlib-node")) continue;
    const [p50, p99] = [graph.p50Ms / bare.p50Ms, graph.p99Ms / bare.p99Ms];
    lines.push(
      `Larder's graph through its port over bare hnswlib-node (recall ${graph.recall.toFixed(4)}, ${bare.recall.toFixed(4)} with ${bare.setting}): p50 ${p50.toFixed(2)}x, p99 ${p99.toFixed(2)}x.`,
    );
  }
  for (const { name, served } of rows) {
    const within =
      served?.within?.map(({ p50Ms, p99Ms }) => `p50 ${p50Ms.toFixed(3)}, p99 ${p99Ms.toFixed(3)} ms`) ?? [];
    if (within.length > 0) lines.push(`${name}, inside of its processes, one client: ${within.join("; ")}.`);
  }
  for (const { name, served } of rows) {
    const churned = served?.churned;
    if (served === undefined || churned === undefined) continue;
    lines.push(
      `${name}: ${churned.deletedFound} of ${churned.rows} vectors were found after they were deleted; when they were added again recall was ${churned.recall.toFixed(4)}, before ${served.recall.toFixed(4)}.`,
    );
  }
  for (const [name, larder] of [
    ["graph", graph],
    ["exact", exact],
  ] as const) {
    if (larder === undefined) continue;
    const ahead = rows.filter(({ name: peer, served }) => {
      if (served === undefined || peer.startsWith("Larder") || served.recall < recallMin - 0.005) return false;
      return served.p50Ms < larder.p50Ms && served.peakBytes < larder.peakBytes;
    });
    const names = ahead.map(({ name: peer }) => peer).join(", ");
    lines.push(`Ahead of Larder's ${name} search on both p50 and memory: ${names === "" ? "none" : names}.`);
  }
  const below = rows.filter(({ served }) => served !== undefined && served.recall < recallMin);
  const missed = below.map(({ name, served }) => `${name} (${served?.recall.toFixed(4)})`).join(", ");
  if (missed !== "") lines.push(`Recall below ${recallMin} on the queries that did not choose ef: ${missed}.`);
  return lines.length === 0 ? [] : ["", ...lines];
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
