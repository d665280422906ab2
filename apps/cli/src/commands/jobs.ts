import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { renderDocumentError } from "../render/facts.ts";
import { exitCodes } from "../render/problem.ts";
import { count } from "../render/words.ts";
import type { JobDocumentBody, JobSummaryBody, PageBody, UploadBody } from "../wire.ts";

export interface JobsGiven {
  readonly state?: string;
  readonly limit: number;
}

/** `larder jobs list`: the newest uploads, each failed document with its reason and how often it was tried. */
export async function listJobs({ state, limit }: JobsGiven, context: CommandContext): Promise<number> {
  const { options, signal, print } = context;
  await using connection = await context.connect();
  const knowledgeBase =
    options.kb === undefined ? undefined : (await requireKnowledgeBase(connection, options.kb, signal)).id;
  const query = { state, limit, knowledge_base: knowledgeBase };
  const page = await sendForJson<PageBody<JobSummaryBody>>(connection, "/v1/jobs", { query, signal });
  if (options.json) {
    print(JSON.stringify(page));
    return exitCodes.ok;
  }
  if (page.data.length === 0) print(state === undefined ? "There are no jobs." : `There are no ${state} jobs.`);
  else print(renderJobs(page.data));
  return exitCodes.ok;
}

/** `larder jobs cancel <job>`. */
export async function cancelJob(id: string, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const path = `/v1/jobs/${encodeURIComponent(id)}/cancel`;
  const job = await sendForJson<JobSummaryBody>(connection, path, { method: "POST", signal: context.signal });
  context.print(context.options.json ? JSON.stringify(job) : `${job.id}: ${job.state}, ${countsOf(job)}`);
  return exitCodes.ok;
}

/** `larder jobs retry <document>`: tries a failed document again and waits for it. */
export async function retryDocument(id: string, context: CommandContext): Promise<number> {
  const { options, signal, print } = context;
  await using connection = await context.connect();
  const knowledgeBase = await requireKnowledgeBase(connection, options.kb, signal);
  const path = `/v1/knowledge-bases/${knowledgeBase.id}/documents/${encodeURIComponent(id)}/retry`;
  const accepted = await sendForJson<UploadBody>(connection, path, {
    method: "POST",
    query: { wait_ms: 60_000 },
    signal,
  });
  if (options.json) print(JSON.stringify(accepted));
  else
    for (const { id: document, status, error } of accepted.documents) {
      print(`${document}: ${status}${error ? `: ${renderDocumentError(error)}` : ""}`);
    }
  return accepted.documents.some(({ status }) => status === "failed") ? exitCodes.incomplete : exitCodes.ok;
}

function renderJobs(jobs: readonly JobSummaryBody[]): string {
  const head = ["job", "when", "state", "documents"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const job of jobs) table.push([job.id, job.created_at, job.state, countsOf(job)]);
  const failures = jobs.flatMap(({ failures: failed }) =>
    failed.map((document) => {
      const { id, error, attempts } = document;
      const tries = attempts === null ? "" : `, after ${attempts} ${attempts === 1 ? "try" : "tries"}`;
      const live = document.is_live === true ? " (the version before is still found)" : "";
      const reason = error === null ? "" : `: ${renderDocumentError(error)}`;
      return `  ${pc.red("failed")} ${nameOf(document)} ${pc.dim(id)}${tries}${live}${reason}`;
    }),
  );
  return [table.toString(), ...failures].join("\n");
}

/** Where it is from, if that is known: of files of one name in several folders only the place tells which. */
function nameOf({ id, external_id, file_name, title }: JobDocumentBody): string {
  return (external_id ? placeOf(external_id) : undefined) ?? file_name ?? title ?? id;
}

function placeOf(externalId: string): string {
  if (!externalId.startsWith("file:")) return externalId;
  try {
    return fileURLToPath(externalId);
  } catch {
    return externalId; // the path inside an archive may be no part of an address
  }
}

function countsOf({ counts: { documents, ready, failed } }: JobSummaryBody): string {
  const failures = failed === 0 ? "" : `, ${count(failed)} failed`;
  return `${count(ready)} of ${count(documents)} ready${failures}`;
}
