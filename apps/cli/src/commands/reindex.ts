import { setTimeout } from "node:timers/promises";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { sendForJson } from "../connection.ts";
import { listKnowledgeBases, requireKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { count } from "../render/words.ts";
import type { JobSummaryBody, KnowledgeBaseBody } from "../wire.ts";

export interface ReindexGiven {
  /** Also where every document is of the settings of now. */
  readonly force: boolean;
  readonly wait: boolean;
}

interface Begun {
  readonly knowledgeBase: KnowledgeBaseBody;
  readonly job: JobSummaryBody | null;
}

const pollMs = 500;

/** `larder reindex`: makes documents anew by the settings of now, of one knowledge base or of all that need it. */
export async function reindex({ force, wait }: ReindexGiven, context: CommandContext): Promise<number> {
  const { options, signal, print } = context;
  await using connection = await context.connect();
  const meant =
    options.kb === undefined
      ? await listKnowledgeBases(connection, signal)
      : [await requireKnowledgeBase(connection, options.kb, signal)];
  const begun: Begun[] = [];
  for (const knowledgeBase of meant) {
    const path = `/v1/knowledge-bases/${knowledgeBase.id}/reindex`;
    const request = { method: "POST", json: { force }, signal } as const;
    const { job } = await sendForJson<{ readonly job: JobSummaryBody | null }>(connection, path, request);
    const tell = options.json ? () => undefined : (text: string) => print(`${pc.bold(knowledgeBase.name)}: ${text}`);
    if (job === null) tell("all documents are of the settings of now");
    begun.push({ knowledgeBase, job: job === null || !wait ? job : await follow(connection, job, tell, signal) });
    if (job !== null && !wait) tell(`${count(job.counts.documents)} documents are made anew; follow ${job.id}`);
  }
  if (options.json) {
    print(JSON.stringify(begun.map(({ knowledgeBase, job }) => ({ knowledge_base_id: knowledgeBase.id, job }))));
  }
  const isIncomplete = begun.some(({ job }) => job?.state === "failed" || job?.state === "cancelled");
  return isIncomplete ? exitCodes.incomplete : exitCodes.ok;
}

async function follow(
  connection: Connection,
  begun: JobSummaryBody,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<JobSummaryBody> {
  let shown = "";
  for (;;) {
    const job = await sendForJson<JobSummaryBody>(connection, `/v1/jobs/${begun.id}`, { signal });
    const { documents, ready } = job.counts;
    const isOver = job.finished_at !== null;
    const tenth = Math.floor(job.progress * 10) * 10;
    const text = isOver ? `${job.state}, ${count(ready)} documents made anew` : `${tenth} % of ${count(documents)}`;
    if (text !== shown) tell(text);
    shown = text;
    if (isOver) return job;
    await setTimeout(pollMs, undefined, { signal });
  }
}
